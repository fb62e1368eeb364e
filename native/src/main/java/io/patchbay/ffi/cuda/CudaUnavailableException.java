package io.patchbay.ffi.cuda;

/// Why this machine, as it is, runs no CUDA: one line.
public final class CudaUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CudaUnavailableException(final String message) {
    super(message);
  }
}
