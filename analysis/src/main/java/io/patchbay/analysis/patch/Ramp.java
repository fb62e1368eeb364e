package io.patchbay.analysis.patch;

/// How many bases of a sweep run together: few at first, then more each time. A device that
/// computes while the host goes on has work as soon as a few images are there, and each run lasts
/// until those of the next are: they take a third of its time.
public final class Ramp {
  private static final int FIRST = 64;
  private static final int FACTOR = 3;

  private int next = FIRST;

  /// The bases of the next run.
  ///
  /// @param most that may run together
  public int next(final int most) {
    final int now = Math.min(next, most);
    next = Math.multiplyExact(FACTOR, now);
    return now;
  }
}
