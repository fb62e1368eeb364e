package io.patchbay.analysis.metric;

/// NumPy's equal-width bins: `np.digitize(x, np.histogram(x, bins)[1][:-1])`, less one.
public final class Histogram {
  private Histogram() {}

  /// The bin of every value, 0 to bins - 1. A bin holds its left edge; the last one both edges. A
  /// constant is cut between x - 0.5 and x + 0.5, as NumPy does.
  public static int[] bins(double[] values, int bins) {
    if (bins < 1 || values.length == 0) {
      throw new IllegalArgumentException("histogram: bins=" + bins + ", values=" + values.length);
    }
    double low = values[0];
    double high = values[0];
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (low == high) {
      low -= 0.5;
      high += 0.5;
    }
    double step = (high - low) / bins;
    int[] result = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      int bin = (int) Math.min(Math.max((values[i] - low) / step, 0), bins - 1);
      // The division may round across an edge: the edges decide.
      while (bin > 0 && values[i] < edge(low, step, bin)) {
        bin--;
      }
      while (bin < bins - 1 && values[i] >= edge(low, step, bin + 1)) {
        bin++;
      }
      result[i] = bin;
    }
    return result;
  }

  private static double edge(double low, double step, int bin) {
    return bin * step + low;
  }
}
