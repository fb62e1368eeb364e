package io.patchbay.analysis.statistics;

import java.util.Arrays;
import java.util.Comparator;

/// Control of the false discovery rate (Benjamini and Hochberg 1995).
public final class BenjaminiHochberg {
  private BenjaminiHochberg() {}

  /// Adjusted p-values in the order given: a hypothesis is rejected at rate q when its adjusted
  /// p-value is at most q.
  ///
  /// @throws IllegalArgumentException when a p-value is outside [0, 1] or NaN
  public static double[] adjust(double[] pValues) {
    Integer[] order = new Integer[pValues.length];
    for (int i = 0; i < order.length; i++) {
      if (!(pValues[i] >= 0 && pValues[i] <= 1)) {
        throw new IllegalArgumentException("p-value: index=" + i + ", value=" + pValues[i]);
      }
      order[i] = i;
    }
    Arrays.sort(order, Comparator.comparingDouble(i -> pValues[i]));
    double[] adjusted = new double[pValues.length];
    double least = 1;
    for (int rank = order.length; rank >= 1; rank--) {
      int i = order[rank - 1];
      least = Math.min(least, pValues[i] * order.length / rank);
      adjusted[i] = least;
    }
    return adjusted;
  }
}
