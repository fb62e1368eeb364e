package io.patchbay.analysis.statistics;

/// Streaming count, mean, variance and range (Welford).
public final class Summary {
  private long count;
  private double mean;
  private double squares;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  /// @throws IllegalArgumentException when the value is not finite
  public void add(double value) {
    Finite.require("summary value", value);
    count++;
    double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
    min = Math.min(min, value);
    max = Math.max(max, value);
  }

  public long count() {
    return count;
  }

  /// @throws IllegalStateException when nothing was added
  public double mean() {
    atLeast(1);
    return mean;
  }

  /// Divided by the count.
  ///
  /// @throws IllegalStateException when nothing was added
  public double populationVariance() {
    atLeast(1);
    return squares / count;
  }

  /// Divided by the count less one.
  ///
  /// @throws IllegalStateException for fewer than two values
  public double variance() {
    atLeast(2);
    return squares / (count - 1);
  }

  /// Root of [#variance()].
  public double deviation() {
    return Math.sqrt(variance());
  }

  /// @throws IllegalStateException when nothing was added
  public double min() {
    atLeast(1);
    return min;
  }

  /// @throws IllegalStateException when nothing was added
  public double max() {
    atLeast(1);
    return max;
  }

  private void atLeast(int needed) {
    if (count < needed) {
      throw new IllegalStateException("summary too small: count=" + count + ", needed=" + needed);
    }
  }
}
