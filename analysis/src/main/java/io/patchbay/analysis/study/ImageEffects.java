package io.patchbay.analysis.study;

/// How far each unit's interchanges move the image: L2 norms over all its elements.
final class ImageEffects {
  /// Root mean square per element under which a change is rounding.
  static final double ROUNDING = 1e-6;

  private final double[] sums;
  private final long[] counts;
  private final double[] largest;
  private final double rounding;

  ImageEffects(final int units, final int elements) {
    sums = new double[units];
    counts = new long[units];
    largest = new double[units];
    rounding = ROUNDING * Math.sqrt(elements);
  }

  /// @throws IllegalStateException when the norm is not finite
  void add(final int unit, final double norm) {
    if (!(norm >= 0 && norm <= Double.MAX_VALUE)) {
      throw new IllegalStateException("effect not finite: unit=" + unit + ", norm=" + norm);
    }
    sums[unit] += norm;
    counts[unit]++;
    largest[unit] = Math.max(largest[unit], norm);
  }

  /// The mean over all interchanges of the unit.
  double mean(final int unit) {
    return sums[unit] / counts[unit];
  }

  /// Whether a norm is more than rounding.
  boolean changes(final double norm) {
    return norm > rounding;
  }

  /// Whether any interchange of the unit changed the image.
  boolean moves(final int unit) {
    return changes(largest[unit]);
  }
}
