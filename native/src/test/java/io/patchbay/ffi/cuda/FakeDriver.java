package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/// The driver of `fake_cuda.cpp`, compiled and loaded for the life of the process.
final class FakeDriver {
  /// Kernels of the source `scaling`, with the bytes of their structs.
  static final String SCALING = "scale:32 idle:8 wide:80";

  private static final long LONGEST = 1L << 30;

  private final SymbolLookup library;

  private FakeDriver(final SymbolLookup library) {
    this.library = library;
  }

  static FakeDriver build(final Path folder) throws IOException, InterruptedException {
    final var file = folder.resolve("libcuda.so.1");
    Compiler.run(
        List.of(
            "-shared",
            "-fPIC",
            Path.of("src/test/cpp/fake_cuda.cpp").toAbsolutePath().toString(),
            "-o",
            file.toString()));
    return new FakeDriver(CudaLibraries.load(file).orElseThrow());
  }

  static byte[] images(final String source) {
    return (source.equals("scaling") ? SCALING : "this is no module")
        .getBytes(StandardCharsets.US_ASCII);
  }

  SymbolLookup library() {
    return library;
  }

  CudaDevice device(final int number) {
    return device(number, FakeDriver::images);
  }

  CudaDevice device(final int number, final Function<String, byte[]> images) {
    return device(number, false, images);
  }

  /// A device that waits for each launch.
  CudaDevice blocking() {
    return device(0, true, FakeDriver::images);
  }

  private CudaDevice device(
      final int number, final boolean blocking, final Function<String, byte[]> images) {
    return new CudaDevice(
        CudaDriver.open(library),
        number,
        blocking,
        images,
        () -> {
          throw new CudaUnavailableException("the fake driver has no compiler");
        });
  }

  @SuppressWarnings("restricted") // the driver's own functions
  private MethodHandle function(final String name, final FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(), descriptor);
  }

  private int number(final String name) {
    try {
      return (int) function(name, FunctionDescriptor.of(JAVA_INT)).invokeExact();
    } catch (final Throwable e) {
      throw new AssertionError(name, e);
    }
  }

  private void order(final String name) {
    try {
      function(name, FunctionDescriptor.ofVoid()).invokeExact();
    } catch (final Throwable e) {
      throw new AssertionError(name, e);
    }
  }

  /// Forgets everything.
  void reset() {
    order("fake_reset");
  }

  /// Has the n-th call from now on of `function`, or of any when that is empty, return `code`.
  void fail(final String function, final int nth, final int code) {
    try {
      final var name = Arena.global().allocateFrom(function);
      function("fake_fail", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_INT))
          .invokeExact(name, nth, code);
    } catch (final Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Has streams but the first of a device do their work as soon as they are asked, or as late as
  /// may be.
  void early(final boolean now) {
    try {
      function("fake_early", FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(now ? 1 : 0);
    } catch (final Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Has a device say that it has a compute capability, such as 75 for 7.5.
  void capability(final int device, final int capability) {
    try {
      function("fake_capability", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT))
          .invokeExact(device, capability);
    } catch (final Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// What was made and not given back.
  int live() {
    return number("fake_live");
  }

  /// Contexts that are held.
  int retained() {
    return number("fake_retained");
  }

  /// Kernels that ran.
  int launches() {
    return number("fake_launches");
  }

  /// The calls since this was asked last, but for those that make a context current.
  @SuppressWarnings("restricted") // a C string has no length but its end
  List<String> calls() {
    try {
      final var text =
          (MemorySegment) function("fake_log", FunctionDescriptor.of(ADDRESS)).invokeExact();
      final var calls = text.reinterpret(LONGEST).getString(0);
      order("fake_clear");
      return calls.lines().filter(line -> !line.startsWith("cuCtxSetCurrent")).toList();
    } catch (final Throwable e) {
      throw new AssertionError(e);
    }
  }
}
