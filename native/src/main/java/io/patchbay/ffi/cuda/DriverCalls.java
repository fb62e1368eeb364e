package io.patchbay.ffi.cuda;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.stream.Collectors;

/// Calls the functions of the driver, by one thread at a time. Every call returns a status, which
/// whoever calls must look at.
///
/// They are bound here rather than through the CUDA presets. The presets' library for the driver
/// needs `libcudart.so.13`, which a machine with nothing but the driver lacks, and a function that
/// the installed driver has not ends the whole process when it is called; a lookup that fails is an
/// exception with the name in it. A call costs a few nanoseconds and allocates nothing.
final class DriverCalls {
  private static final MethodHandle I = handle("I");
  private static final MethodHandle L = handle("L");
  private static final MethodHandle IL = handle("IL");
  private static final MethodHandle LI = handle("LI");
  private static final MethodHandle LL = handle("LL");
  private static final MethodHandle LII = handle("LII");
  private static final MethodHandle LLI = handle("LLI");
  private static final MethodHandle LLL = handle("LLL");
  private static final MethodHandle LILL = handle("LILL");
  private static final MethodHandle LLLL = handle("LLLL");
  private static final MethodHandle LLILL = handle("LLILL");
  private static final MethodHandle LAUNCH = handle("LIIIIIIILLL");

  private final MemorySegment[] addresses;
  private DriverFunction last = DriverFunction.INIT;

  private DriverCalls(final MemorySegment[] addresses) {
    this.addresses = addresses;
  }

  @SuppressWarnings("restricted") // calling C code is what this class is for
  private static MethodHandle handle(final String shape) {
    return Linker.nativeLinker().downcallHandle(CudaSymbols.descriptor(shape));
  }

  /// @throws CudaUnavailableException that names the functions which the library has not
  static DriverCalls bind(final SymbolLookup library) {
    final var missing =
        Arrays.stream(DriverFunction.values())
            .map(DriverFunction::symbol)
            .filter(symbol -> library.find(symbol).isEmpty())
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new CudaUnavailableException(
          "the CUDA driver is too old: CUDA 13.0 (driver 580) has what is used, here is no "
              + missing);
    }
    return new DriverCalls(
        Arrays.stream(DriverFunction.values())
            .map(function -> library.find(function.symbol()).orElseThrow())
            .toArray(MemorySegment[]::new));
  }

  /// The function that was called last.
  DriverFunction last() {
    return last;
  }

  @SuppressWarnings("EnumOrdinal") // the index of an array that was made of all values
  private MemorySegment address(final DriverFunction function, final String shape) {
    if (!function.shape().equals(shape)) {
      throw new IllegalArgumentException(
          function.symbol() + " is called wrongly: takes=" + function.shape() + ", given=" + shape);
    }
    last = function;
    return addresses[function.ordinal()];
  }

  int call(final DriverFunction f, final int a) {
    try {
      return (int) I.invokeExact(address(f, "I"), a);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final long a) {
    try {
      return (int) L.invokeExact(address(f, "L"), a);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final int a, final long b) {
    try {
      return (int) IL.invokeExact(address(f, "IL"), a, b);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final long a, final int b) {
    try {
      return (int) LI.invokeExact(address(f, "LI"), a, b);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final long a, final long b) {
    try {
      return (int) LL.invokeExact(address(f, "LL"), a, b);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final long a, final int b, final int c) {
    try {
      return (int) LII.invokeExact(address(f, "LII"), a, b, c);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final long a, final long b, final int c) {
    try {
      return (int) LLI.invokeExact(address(f, "LLI"), a, b, c);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final long a, final long b, final long c) {
    try {
      return (int) LLL.invokeExact(address(f, "LLL"), a, b, c);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final long a, final int b, final long c, final long d) {
    try {
      return (int) LILL.invokeExact(address(f, "LILL"), a, b, c, d);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(final DriverFunction f, final long a, final long b, final long c, final long d) {
    try {
      return (int) LLLL.invokeExact(address(f, "LLLL"), a, b, c, d);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }

  int call(
      final DriverFunction f, final long a, final long b, final int c, final long d, final long e) {
    try {
      return (int) LLILL.invokeExact(address(f, "LLILL"), a, b, c, d, e);
    } catch (final Throwable t) {
      throw CudaSymbols.unexpected(f.symbol(), t);
    }
  }

  /// @param parameters address of an array of addresses, one for each parameter
  int launch(final long function, final Launch shape, final long stream, final long parameters) {
    final var f = DriverFunction.LAUNCH_KERNEL;
    try {
      return (int)
          LAUNCH.invokeExact(
              address(f, "LIIIIIIILLL"),
              function,
              shape.blocksX(),
              shape.blocksY(),
              1,
              shape.threads(),
              1,
              1,
              shape.shared(),
              stream,
              parameters,
              0L);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(f.symbol(), e);
    }
  }
}
