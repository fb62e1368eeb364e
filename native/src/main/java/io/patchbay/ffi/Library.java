package io.patchbay.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.nio.file.Path;

/// A C library that travels as a resource: extracted once into a cache keyed by its content, loaded
/// for the life of the process.
public final class Library {
  private final String name;
  private final Path file;
  private final SymbolLookup symbols;

  private Library(final String name, final Path file, final SymbolLookup symbols) {
    this.name = name;
    this.file = file;
    this.symbols = symbols;
  }

  /// Opens the library stored at `resource`.
  ///
  /// @throws NativeException when the file cannot be extracted or the loader refuses it
  public static Library open(final URL resource, final String name) {
    try (InputStream in = resource.openStream()) {
      return open(name, LibraryCache.standard().store(name, in.readAllBytes()));
    } catch (final IOException e) {
      throw new NativeException("library does not load: name=" + name + ", " + e.getMessage(), e);
    }
  }

  /// Opens the library in a file.
  ///
  /// @throws NativeException when the loader refuses it
  public static Library open(final Path file) {
    return open(file.getFileName().toString(), file);
  }

  @SuppressWarnings("restricted") // loading C code is what this class is for
  private static Library open(final String name, final Path file) {
    try {
      return new Library(name, file, SymbolLookup.libraryLookup(file, Arena.global()));
    } catch (final IllegalArgumentException e) {
      throw new NativeException("library does not load: name=" + name + ", " + e.getMessage(), e);
    }
  }

  /// The file that was loaded.
  public Path file() {
    return file;
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
