package io.patchbay.engine;

/// A device that was asked for cannot be used here.
public final class DeviceMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeviceMissingException(final String device, final String reason) {
    super("device not available: name=" + device + ", " + reason);
  }
}
