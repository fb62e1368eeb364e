package io.patchbay.ffi.cuda;

/// A device failed in a way that its process cannot mend (an illegal address, a launch that
/// crashed): whatever is asked of it afterwards fails with what was first wrong. Another process
/// may use it.
public final class DeviceLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeviceLostException(final String message) {
    super(message);
  }
}
