package io.patchbay.analysis.metric;

import java.util.HashMap;
import java.util.Map;

/// Factor values renumbered as dense classes.
public final class ClassCodes {
  private final int[][] classes;
  private final int[] widths;

  /// @param factors `[sample][factor]`
  public ClassCodes(int[][] factors, int samples) {
    if (factors.length != samples || samples == 0 || factors[0].length == 0) {
      throw new IllegalArgumentException(
          "factor table: rows=" + factors.length + ", samples=" + samples);
    }
    classes = new int[factors[0].length][samples];
    widths = new int[classes.length];
    for (int factor = 0; factor < classes.length; factor++) {
      Map<Integer, Integer> numbers = new HashMap<>();
      for (int sample = 0; sample < samples; sample++) {
        if (factors[sample].length != classes.length) {
          throw new IllegalArgumentException(
              "ragged factor table: sample=" + sample + ", factors=" + factors[sample].length);
        }
        int next = numbers.size();
        classes[factor][sample] = numbers.computeIfAbsent(factors[sample][factor], key -> next);
      }
      widths[factor] = numbers.size();
    }
  }

  public int factors() {
    return classes.length;
  }

  /// The factor's class per sample, each below [#width].
  public int[] of(int factor) {
    return classes[factor];
  }

  /// Number of different values the factor takes.
  public int width(int factor) {
    return widths[factor];
  }
}
