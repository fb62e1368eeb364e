package io.patchbay.ffi.cuda;

/// A device has less memory left than was asked for. The device goes on.
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutOfDeviceMemoryException(final String owner, final long bytes, final long free) {
    super(
        "not enough device memory: owner="
            + owner
            + ", asked="
            + bytes
            + " bytes, free="
            + free
            + "; use a smaller batch");
  }

  /// @param message what failed, of something that has no size of its own, such as a module
  OutOfDeviceMemoryException(final String message) {
    super(message);
  }
}
