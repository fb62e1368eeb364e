package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// Shifts and scales columns to mean 0 and variance 1 on the data it was made from; columns that
/// are constant there become 0 everywhere.
public final class Standardisation {
  private final double[] means;
  private final double[] factors;

  public Standardisation(Matrix x) {
    means = new double[x.columns()];
    factors = new double[x.columns()];
    for (int c = 0; c < means.length; c++) {
      Summary summary = new Summary();
      for (double value : x.column(c)) {
        summary.add(value);
      }
      means[c] = summary.mean();
      factors[c] = summary.min() == summary.max() ? 0 : 1 / Math.sqrt(summary.populationVariance());
    }
  }

  int columns() {
    return factors.length;
  }

  /// What a column is multiplied by.
  double factor(int column) {
    return factors[column];
  }

  /// Shifts columns to mean 0, and scales all of them alike to a mean variance of 1.
  static Standardisation onOneScale(Matrix x) {
    Standardisation result = new Standardisation(x);
    double variance = 0;
    for (double factor : result.factors) {
      variance += factor == 0 ? 0 : 1 / (factor * factor) / result.factors.length;
    }
    Arrays.fill(result.factors, variance == 0 ? 0 : 1 / Math.sqrt(variance));
    return result;
  }

  public Matrix apply(Matrix x) {
    if (x.columns() != means.length) {
      throw new IllegalArgumentException(
          "probe features: given=" + x.columns() + ", fitted=" + means.length);
    }
    double[] result = new double[Math.multiplyExact(x.rows(), x.columns())];
    for (int i = 0; i < result.length; i++) {
      int c = i % means.length;
      result[i] = (x.at(i / means.length, c) - means[c]) * factors[c];
    }
    return Matrix.of(result, x.rows(), x.columns());
  }

  /// What slopes by the columns as they are given add at the columns' means.
  double atMeans(double[] slopes) {
    double sum = 0;
    for (int c = 0; c < slopes.length; c++) {
      sum += slopes[c] * means[c];
    }
    return sum;
  }
}
