package io.patchbay.analysis.statistics;

/// A figure with its confidence interval and the number `n` of independent units behind it.
///
/// The bounds are infinite when `n` is too small to say anything. A percentile interval need not
/// contain its estimate, so that is not required here.
public record Interval(double estimate, double low, double high, int n) {
  public Interval {
    Finite.require("interval estimate", estimate);
    if (!(low <= high)) {
      throw new IllegalArgumentException("interval bounds: low=" + low + ", high=" + high);
    }
    if (n < 1) {
      throw new IllegalArgumentException("interval without observations: n=" + n);
    }
  }

  /// A figure whose uncertainty cannot be estimated.
  public static Interval unbounded(double estimate, int n) {
    return new Interval(estimate, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, n);
  }

  public boolean bounded() {
    return Double.isFinite(low) && Double.isFinite(high);
  }

  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /// The same figure resting on `count` observations: for bootstraps over blocks of inputs.
  public Interval withN(int count) {
    return new Interval(estimate, low, high, count);
  }
}
