package io.patchbay.analysis.report;

/// A measured value with its 95 % interval.
///
/// @param value the estimate; NaN when the quantity is undefined, which is shown as that word
/// @param low lower end of the interval; NaN when no interval was computed
/// @param high upper end of the interval; NaN when no interval was computed
/// @param n the number of independent units it rests on (base inputs, pairs or training seeds)
public record Estimate(double value, double low, double high, long n) {

  public Estimate {
    if (n < 0) {
      throw new IllegalArgumentException("estimate: n=" + n + ", expected >= 0");
    }
    if (Double.isNaN(low) != Double.isNaN(high) || low > high) {
      throw new IllegalArgumentException(
          "estimate: low=" + low + ", high=" + high + ", expected low <= high or both NaN");
    }
  }

  /// A value that was counted or read off, without an interval.
  public static Estimate exact(double value, long n) {
    return new Estimate(value, Double.NaN, Double.NaN, n);
  }

  /// A quantity that has no value here, such as the circuit modularity of one active latent.
  public static Estimate undefined(long n) {
    return exact(Double.NaN, n);
  }

  boolean defined() {
    return !Double.isNaN(value);
  }

  boolean hasInterval() {
    return !Double.isNaN(low);
  }
}
