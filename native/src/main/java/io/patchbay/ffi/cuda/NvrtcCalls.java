package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.ffi.NativeException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The functions of NVRTC that are used, all of them, looked up when the library is opened. Each
/// returns a status, which is checked here.
final class NvrtcCalls {
  private static final String OWNER = "NVRTC";

  private static final long LONGEST_TEXT = 1024;

  private final MethodHandle version;
  private final MethodHandle errorString;
  private final MethodHandle create;
  private final MethodHandle compile;
  private final MethodHandle cubinSize;
  private final MethodHandle cubin;
  private final MethodHandle logSize;
  private final MethodHandle log;
  private final MethodHandle destroy;

  /// @throws CudaUnavailableException that names a function which the library has not
  NvrtcCalls(final SymbolLookup library) {
    version = CudaSymbols.bind(library, OWNER, "nvrtcVersion", "LL");
    create = CudaSymbols.bind(library, OWNER, "nvrtcCreateProgram", "LLLILL");
    compile = CudaSymbols.bind(library, OWNER, "nvrtcCompileProgram", "LIL");
    cubinSize = CudaSymbols.bind(library, OWNER, "nvrtcGetCUBINSize", "LL");
    cubin = CudaSymbols.bind(library, OWNER, "nvrtcGetCUBIN", "LL");
    logSize = CudaSymbols.bind(library, OWNER, "nvrtcGetProgramLogSize", "LL");
    log = CudaSymbols.bind(library, OWNER, "nvrtcGetProgramLog", "LL");
    destroy = CudaSymbols.bind(library, OWNER, "nvrtcDestroyProgram", "L");
    errorString =
        CudaSymbols.bind(
            library, OWNER, "nvrtcGetErrorString", FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
  }

  void version(final MemorySegment major, final MemorySegment minor) {
    check("nvrtcVersion", call(version, major.address(), minor.address()));
  }

  void create(
      final MemorySegment program,
      final MemorySegment source,
      final MemorySegment name,
      final int headers,
      final MemorySegment texts,
      final MemorySegment names) {
    final int status;
    try {
      status =
          (int)
              create.invokeExact(
                  program.address(),
                  source.address(),
                  name.address(),
                  headers,
                  texts.address(),
                  names.address());
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(OWNER, e);
    }
    check("nvrtcCreateProgram", status);
  }

  /// The status, which tells whether the source is right.
  int compile(final long program, final int options, final MemorySegment texts) {
    try {
      return (int) compile.invokeExact(program, options, texts.address());
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(OWNER, e);
    }
  }

  void cubinSize(final long program, final MemorySegment size) {
    check("nvrtcGetCUBINSize", call(cubinSize, program, size.address()));
  }

  void cubin(final long program, final MemorySegment bytes) {
    check("nvrtcGetCUBIN", call(cubin, program, bytes.address()));
  }

  void logSize(final long program, final MemorySegment size) {
    check("nvrtcGetProgramLogSize", call(logSize, program, size.address()));
  }

  void log(final long program, final MemorySegment text) {
    check("nvrtcGetProgramLog", call(log, program, text.address()));
  }

  void destroy(final MemorySegment program) {
    final int status;
    try {
      status = (int) destroy.invokeExact(program.address());
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(OWNER, e);
    }
    check("nvrtcDestroyProgram", status);
  }

  private static int call(final MethodHandle handle, final long a, final long b) {
    try {
      return (int) handle.invokeExact(a, b);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(OWNER, e);
    }
  }

  private void check(final String call, final int status) {
    if (status != 0) {
      throw failure(call, status, "");
    }
  }

  NativeException failure(final String call, final int status, final String detail) {
    return new NativeException(
        "NVRTC call failed: call=" + call + ", code=" + status + ", text=" + text(status) + detail);
  }

  @SuppressWarnings("restricted") // a C string has no length but its end
  private String text(final int status) {
    try {
      final long address = (long) errorString.invokeExact(status);
      return MemorySegment.ofAddress(address).reinterpret(LONGEST_TEXT).getString(0);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(OWNER, e);
    }
  }
}
