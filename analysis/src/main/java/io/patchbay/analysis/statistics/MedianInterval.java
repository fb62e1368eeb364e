package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// Interval of a median from the order of its values alone, whatever their distribution: the k-th
/// smallest and the k-th largest of n, with the largest k for which 1 - 2 P(B < k), B the heads of
/// n fair coins, is at least the level (the sign test's interval: Conover 1999, section 3.2).
public final class MedianInterval {
  /// The fewest values that have an interval at 95 %.
  public static final int FEWEST = 6;

  private MedianInterval() {}

  /// The median with its 95 % interval; unbounded for fewer than [#FEWEST] values.
  ///
  /// @throws IllegalArgumentException without values, or when one is not finite
  public static Interval of(double[] values) {
    return of(values, 0.95);
  }

  /// At another level.
  static Interval of(double[] values, double level) {
    if (values.length == 0 || !(level > 0 && level < 1)) {
      throw new IllegalArgumentException("median: values=" + values.length + ", level=" + level);
    }
    double[] sorted = Finite.require("value of a median", values).clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    double tail = 0;
    int k = 0;
    // log of the probability of exactly k heads, kept as a sum: 2^-n leaves the range of doubles.
    double log = -n * Math.log(2);
    while (k < n / 2 && 1 - 2 * (tail + Math.exp(log)) >= level) {
      tail += Math.exp(log);
      log += Math.log((double) (n - k) / (k + 1));
      k++;
    }
    return k == 0
        ? Interval.unbounded(median, n)
        : new Interval(median, sorted[k - 1], sorted[n - k], n);
  }
}
