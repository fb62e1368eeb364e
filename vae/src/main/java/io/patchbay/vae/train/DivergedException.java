package io.patchbay.vae.train;

/// A loss became NaN or infinite. The message names the step, the loss, and the first place in the
/// computation that went wrong; the checkpoints before it are untouched.
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long step;

  DivergedException(final long step, final String text, final Throwable cause) {
    super(text, cause);
    this.step = step;
  }

  DivergedException(final long step, final String text) {
    super(text);
    this.step = step;
  }

  /// The step whose losses were not finite, counted from 1.
  public long step() {
    return step;
  }
}
