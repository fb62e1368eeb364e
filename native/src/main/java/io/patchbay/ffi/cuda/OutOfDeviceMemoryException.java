package io.patchbay.ffi.cuda;

/// A device has less memory left than was asked for. The device goes on.
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long bytes;

  public OutOfDeviceMemoryException(final String owner, final long bytes, final long free) {
    super(
        "not enough device memory: owner="
            + owner
            + ", asked="
            + bytes
            + " bytes, free="
            + free
            + "; use a smaller batch");
    this.bytes = bytes;
  }

  /// @param message what failed, of something that has no size of its own, such as a module
  OutOfDeviceMemoryException(final String message) {
    super(message);
    this.bytes = 0;
  }

  /// What was asked for; 0 of something that has no size of its own.
  public long bytes() {
    return bytes;
  }
}
