package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Finite;
import io.patchbay.analysis.statistics.Interval;

/// Mean, spread and skewness of values as they come.
///
/// Effects are skewed, and of skewed values a low mean comes with a low standard deviation: an
/// interval that is as wide on both sides misses a mean that lies on the side of the long tail. So
/// that side is moved out by the first term of the expansion of the studentised mean's quantile
/// (Johnson 1978; Hall 1992, section 3.10.6), `s |skewness| (2 z² + 1) / (6 n)`, a term of smaller
/// order than the width; the other side, which could move in, is left where it is.
final class Moments {
  private int n;
  private double mean;
  private double squares;
  private double cubes;

  void add(final double value) {
    Finite.require("effect", value);
    // Sums of powers about the mean (Pebay 2008), each before those that it is made of.
    final double step = (value - mean) / (n + 1);
    cubes += step * (step * step * n * ((double) n * n - 1) - 3 * squares);
    squares += step * step * n * (n + 1);
    mean += step;
    n++;
  }

  int n() {
    return n;
  }

  double mean() {
    return mean;
  }

  /// Of at least two values, divided by their number less one.
  double deviation() {
    return Math.sqrt(squares / (n - 1));
  }

  /// 0 of values that are all the same.
  double skewness() {
    return squares == 0 ? 0 : cubes / n / Math.pow(squares / n, 1.5);
  }

  /// The interval of a mean.
  ///
  /// @param deviation s
  /// @param z standard errors to either side
  /// @param size by which s² is divided: the number of values, more where the population is finite
  Interval interval(
      final double estimate, final double deviation, final double z, final double size) {
    final double half = deviation * z / Math.sqrt(size);
    final double shift = deviation * skewness() * (2 * z * z + 1) / (6 * size);
    return new Interval(
        estimate, estimate - half + Math.min(0, shift), estimate + half + Math.max(0, shift), n);
  }
}
