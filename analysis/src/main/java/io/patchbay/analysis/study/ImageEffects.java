package io.patchbay.analysis.study;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.List;

/// How far each unit's interchanges move the image: L2 norms over all its elements.
final class ImageEffects {
  /// Root mean square per element under which a change is rounding.
  static final double ROUNDING = 1e-6;

  private final double[][] sums;
  private final int[][] counts;
  private final double[][] largest;
  private final double rounding;

  ImageEffects(final int units, final int inputs, final int elements) {
    sums = new double[inputs][units];
    counts = new int[inputs][units];
    largest = new double[inputs][units];
    rounding = ROUNDING * Math.sqrt(elements);
  }

  /// @param input the number of the base input
  /// @throws IllegalStateException when the norm is not finite
  void add(final int unit, final int input, final double norm) {
    if (!(norm >= 0 && norm <= Double.MAX_VALUE)) {
      throw new IllegalStateException("effect not finite: unit=" + unit + ", norm=" + norm);
    }
    sums[input][unit] += norm;
    counts[input][unit]++;
    largest[input][unit] = Math.max(largest[input][unit], norm);
  }

  /// The mean of each unit over base inputs, of which every one has as many interchanges of it.
  List<Interval> means(final Bootstrap bootstrap) {
    final double[][] means = new double[sums.length][];
    for (int i = 0; i < means.length; i++) {
      final int input = i;
      means[i] = new double[sums[i].length];
      Arrays.setAll(means[i], u -> sums[input][u] / counts[input][u]);
    }
    return bootstrap.means(Matrix.ofRows(means));
  }

  /// Whether a norm is more than rounding.
  boolean changes(final double norm) {
    return norm > rounding;
  }

  /// Whether any interchange of the unit, of the first so many inputs, changed the image.
  boolean moves(final int unit, final int inputs) {
    return Arrays.stream(largest, 0, inputs).anyMatch(input -> changes(input[unit]));
  }
}
