package io.patchbay.ffi;

/// A call into C that failed, or a library that could not be loaded.
public final class NativeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NativeException(final String message) {
    super(message);
  }

  public NativeException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
