package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.ffi.NativeException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// How functions of NVIDIA's libraries are bound. Arguments are written as one letter each, `I` for
/// 32 bits and `L` for 64 (addresses, handles and sizes); what is returned is a status.
final class CudaSymbols {
  private CudaSymbols() {}

  static FunctionDescriptor descriptor(final String shape) {
    final var arguments =
        shape.chars().mapToObj(c -> c == 'I' ? JAVA_INT : JAVA_LONG).toArray(MemoryLayout[]::new);
    return FunctionDescriptor.of(JAVA_INT, arguments);
  }

  /// @param owner what the library is called, for the message
  /// @throws CudaUnavailableException when the library has no such function
  static MethodHandle bind(
      final SymbolLookup library, final String owner, final String symbol, final String shape) {
    return bind(library, owner, symbol, descriptor(shape));
  }

  @SuppressWarnings("restricted") // binding C code is what this class is for
  static MethodHandle bind(
      final SymbolLookup library,
      final String owner,
      final String symbol,
      final FunctionDescriptor descriptor) {
    final var address =
        library
            .find(symbol)
            .orElseThrow(() ->
                new CudaUnavailableException(
                    "no such symbol: library=" + owner + ", name=" + symbol));
    return Linker.nativeLinker().downcallHandle(address, descriptor);
  }

  /// What a call threw, which a C function cannot.
  static RuntimeException unexpected(final String name, final Throwable e) {
    if (e instanceof final RuntimeException known) {
      return known;
    }
    if (e instanceof final Error error) {
      throw error;
    }
    return new NativeException("call failed: name=" + name, e);
  }
}
