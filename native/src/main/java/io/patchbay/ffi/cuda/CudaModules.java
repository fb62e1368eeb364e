package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_NOT_FOUND;
import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.CU_JIT_ERROR_LOG_BUFFER;
import static org.bytedeco.cuda.global.cudart.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES;

import io.patchbay.ffi.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/// Compiled sources, each loaded once, and their kernels.
final class CudaModules {
  private static final int LOG = 8192;

  private final CudaContext context;
  private final CudaStream stream;
  private final Parameters parameters;
  private final String architecture;
  private final Function<String, byte[]> images;
  private final Function<KernelSource, byte[]> compiled;

  /// By the name of a source that was compiled before, or a [KernelSource].
  private final Map<Object, Long> modules = new HashMap<>();

  private final Map<Key, CudaKernel> kernels = new HashMap<>();

  private record Key(Object source, String name) {}

  /// @param architecture of the device, for messages
  /// @param images of a source's name: what nvcc made of it, a fatbin, cubin or PTX
  /// @param compiled of a source: what is made of it now
  CudaModules(
      final CudaContext context,
      final CudaStream stream,
      final String architecture,
      final Function<String, byte[]> images,
      final Function<KernelSource, byte[]> compiled) {
    this.context = context;
    this.stream = stream;
    this.parameters = new Parameters(context.arena());
    this.architecture = architecture;
    this.images = images;
    this.compiled = compiled;
  }

  CudaKernel kernel(final String source, final String name) {
    return kernel(source, source, name, () -> images.apply(source));
  }

  CudaKernel kernel(final KernelSource source, final String name) {
    return kernel(source, source.name(), name, () -> compiled.apply(source));
  }

  private CudaKernel kernel(
      final Object source, final String called, final String name, final Supplier<byte[]> image) {
    context.enter();
    final var key = new Key(source, name);
    final var known = kernels.get(key);
    if (known != null) {
      return known;
    }
    final long function = function(module(source, called, image), called, name);
    final var kernel =
        new CudaKernel(context, stream, parameters, called + "/" + name, function, size(function));
    kernels.put(key, kernel);
    return kernel;
  }

  private long module(final Object source, final String called, final Supplier<byte[]> image) {
    final var known = modules.get(source);
    if (known != null) {
      return known;
    }
    final long module = load(called, image.get());
    modules.put(source, module);
    return module;
  }

  /// The driver reads PTX to its zero, and the others to the end that they say themselves.
  private long load(final String source, final byte[] image) {
    try (var arena = Arena.ofConfined()) {
      final var copy = arena.allocate(image.length + 1L, Long.BYTES);
      copy.asSlice(0, image.length).copyFrom(MemorySegment.ofArray(image));
      final var log = arena.allocate(LOG);
      final var options =
          arena.allocateFrom(JAVA_INT, CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
      final var values = arena.allocateFrom(JAVA_LONG, log.address(), LOG);
      final int status =
          context
              .calls()
              .call(
                  DriverFunction.MODULE_LOAD_DATA,
                  context.cell(),
                  copy.address(),
                  2,
                  options.address(),
                  values.address());
      if (status != CUDA_SUCCESS) {
        log.set(JAVA_BYTE, LOG - 1L, (byte) 0);
        final var said = log.getString(0).strip().replace('\n', ' ');
        throw context.failure(
            status,
            ", source="
                + source
                + ", device="
                + architecture
                + (said.isEmpty() ? "" : ", log=" + said));
      }
      return context.written();
    }
  }

  private long function(final long module, final String source, final String name) {
    try (var arena = Arena.ofConfined()) {
      final var symbol = arena.allocateFrom(name);
      final int status =
          context
              .calls()
              .call(DriverFunction.MODULE_GET_FUNCTION, context.cell(), module, symbol.address());
      if (status == CUDA_ERROR_NOT_FOUND) {
        throw new NativeException("no such kernel: source=" + source + ", name=" + name);
      }
      context.check(status);
      return context.written();
    }
  }

  /// Bytes of a kernel's one parameter.
  private long size(final long function) {
    context.check(
        context
            .calls()
            .call(
                DriverFunction.FUNC_GET_PARAM_INFO,
                function,
                0L,
                context.cell(),
                context.secondCell()));
    return context.secondWritten();
  }

  void close() {
    if (!context.gone()) {
      context.enter();
      for (final long module : modules.values()) {
        context.check(context.calls().call(DriverFunction.MODULE_UNLOAD, module));
      }
    }
  }
}
