package io.patchbay.analysis.statistics;

/// Student's t interval of a mean, for few independent values such as one figure per training seed.
public final class TInterval {
  private TInterval() {}

  /// 95 %.
  public static Interval of(double[] values) {
    return of(values, 0.95);
  }

  /// Unbounded for a single value.
  ///
  /// @throws IllegalArgumentException without values, or when one is not finite
  public static Interval of(double[] values, double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("interval level: level=" + level);
    }
    if (values.length == 0) {
      throw new IllegalArgumentException("interval without observations: n=0");
    }
    Summary summary = new Summary();
    for (double value : values) {
      summary.add(value);
    }
    if (values.length == 1) {
      return Interval.unbounded(summary.mean(), 1);
    }
    double half =
        quantile((1 + level) / 2, values.length - 1)
            * Math.sqrt(summary.variance() / values.length);
    return new Interval(
        summary.mean(), summary.mean() - half, summary.mean() + half, values.length);
  }

  /// The value below which a t variable lies with the given probability, at least 1/2, by
  /// bisection.
  public static double quantile(double probability, int freedom) {
    double central = 2 * probability - 1;
    // In the angle atan(t / sqrt(freedom)) the range is finite whatever the tail.
    double low = 0;
    double high = Math.PI / 2;
    for (int i = 0; i < 100; i++) {
      double middle = (low + high) / 2;
      if (central(middle, freedom) < central) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Math.tan((low + high) / 2) * Math.sqrt(freedom);
  }

  // P(|T| < t) for whole degrees of freedom: Abramowitz and Stegun 26.7.3 and 26.7.4.
  private static double central(double angle, int freedom) {
    double sine = Math.sin(angle);
    double cosine = Math.cos(angle);
    boolean odd = freedom % 2 == 1;
    double term = odd ? cosine : 1;
    double sum = freedom == 1 ? 0 : term;
    for (int k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
      term *= cosine * cosine * (k - 1) / k;
      sum += term;
    }
    return odd ? (angle + sine * sum) * 2 / Math.PI : sine * sum;
  }
}
