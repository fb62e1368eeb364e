package io.patchbay.analysis.statistics;

import java.util.Arrays;
import java.util.Comparator;

/// Ranks of numbers, and Spearman's correlation, which is that of the ranks.
public final class Ranks {
  private Ranks() {}

  /// The rank of each value from 1; equals share the mean of their ranks.
  public static double[] of(final double[] values) {
    Finite.require("ranked value", values);
    final var order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> values[i] + 0.0));
    final double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + 1 + to) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  /// Pearson's correlation; 0 where either is constant.
  ///
  /// @throws IllegalArgumentException when the lengths differ
  public static double correlation(final double[] a, final double[] b) {
    if (a.length != b.length || a.length == 0) {
      throw new IllegalArgumentException("correlation: values=" + a.length + " and " + b.length);
    }
    final double meanA = Arrays.stream(a).sum() / a.length;
    final double meanB = Arrays.stream(b).sum() / b.length;
    double both = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      both += (a[i] - meanA) * (b[i] - meanB);
      squaresA += (a[i] - meanA) * (a[i] - meanA);
      squaresB += (b[i] - meanB) * (b[i] - meanB);
    }
    return squaresA == 0 || squaresB == 0 ? 0 : both / Math.sqrt(squaresA * squaresB);
  }
}
