package io.patchbay.analysis.statistics;

/// Refuses NaN and infinity before they can turn into a score.
public final class Finite {
  private Finite() {}

  /// Returns `values` when all are finite.
  ///
  /// @throws IllegalArgumentException naming the first index that is not finite
  public static double[] require(String what, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            what + " not finite: index=" + i + ", value=" + values[i]);
      }
    }
    return values;
  }

  /// Returns `value` when it is finite.
  public static double require(String what, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(what + " not finite: value=" + value);
    }
    return value;
  }
}
