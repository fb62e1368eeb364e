package io.patchbay.ffi;

/// The host-memory limit would have been crossed.
public final class OutOfHostMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutOfHostMemoryException(
      final String owner, final long bytes, final long used, final long limit) {
    super(
        "host memory limit reached: owner="
            + owner
            + ", asked="
            + bytes
            + " bytes, used="
            + used
            + ", limit="
            + limit
            + "; raise --host-memory or use a smaller batch");
  }
}
