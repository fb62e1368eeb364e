package io.patchbay.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.net.URL;

/// A C library that travels as a resource: extracted once into a cache keyed by its content, loaded
/// for the life of the process.
public final class Library {
  private final String name;
  private final SymbolLookup symbols;

  private Library(final String name, final SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /// Opens the library stored at `resource`.
  ///
  /// @throws NativeException when the file cannot be extracted or the loader refuses it
  @SuppressWarnings("restricted") // loading C code is what this class is for
  public static Library open(final URL resource, final String name) {
    try (InputStream in = resource.openStream()) {
      final var file = LibraryCache.standard().store(name, in.readAllBytes());
      return new Library(name, SymbolLookup.libraryLookup(file, Arena.global()));
    } catch (final IOException | IllegalArgumentException e) {
      throw new NativeException("library does not load: name=" + name + ", " + e.getMessage(), e);
    }
  }

  /// A handle for `symbol`, to be kept and called with `invokeExact`.
  ///
  /// @throws NativeException when the library has no such symbol
  @SuppressWarnings("restricted") // binding C code is what this class is for
  public MethodHandle function(final String symbol, final FunctionDescriptor descriptor) {
    final var address =
        symbols
            .find(symbol)
            .orElseThrow(
                () -> new NativeException("no such symbol: library=" + name + ", name=" + symbol));
    return Linker.nativeLinker().downcallHandle(address, descriptor);
  }

  /// Whether the library exports `symbol`.
  public boolean has(final String symbol) {
    return symbols.find(symbol).isPresent();
  }
}
