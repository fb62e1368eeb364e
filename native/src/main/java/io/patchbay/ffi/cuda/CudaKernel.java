package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;

/// A kernel of a loaded module.
final class CudaKernel implements Kernel {
  /// Bytes of shared memory that need no leave.
  private static final int SHARED = 48 * 1024;

  private final CudaContext context;
  private final CudaStream stream;
  private final Parameters parameters;
  private final String name;
  private final long function;
  private final long bytes;
  private int granted = SHARED;

  /// @param bytes of its parameter
  CudaKernel(
      final CudaContext context,
      final CudaStream stream,
      final Parameters parameters,
      final String name,
      final long function,
      final long bytes) {
    this.context = context;
    this.stream = stream;
    this.parameters = parameters;
    this.name = name;
    this.function = function;
    this.bytes = bytes;
  }

  @Override
  public String name() {
    return name.substring(name.indexOf('/') + 1);
  }

  @Override
  public void launch(final Launch shape, final long... fields) {
    context.enter();
    if (bytes != (long) fields.length * Long.BYTES || fields.length > Parameters.MOST) {
      throw new IllegalArgumentException(
          "not the fields of the kernel: kernel="
              + name
              + ", given="
              + fields.length
              + ", its struct="
              + bytes
              + " bytes");
    }
    context.launches(this, shape);
    if (shape.shared() > granted) {
      context.check(
          context
              .calls()
              .call(
                  DriverFunction.FUNC_SET_ATTRIBUTE,
                  function,
                  CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                  shape.shared()));
      granted = shape.shared();
    }
    final long packed = parameters.pack(fields);
    final long to = stream.launchHandle();
    context.check(
        stream.overlaps(shape.awaits())
            ? context
                .calls()
                .call(
                    DriverFunction.LAUNCH_KERNEL_EX,
                    parameters.overlapping(shape, to),
                    function,
                    packed,
                    0)
            : context.calls().launch(function, shape, to, packed));
    stream.launched(shape.awaits());
    context.launched(to);
  }

  /// Source and name, for messages.
  @Override
  public String toString() {
    return name;
  }
}
