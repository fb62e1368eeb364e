package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// Linear least squares with an absolute penalty: minimises, per target, sum (y - b - w x)² / 2n +
/// penalty |w|₁; the intercept b is free. By coordinate descent on the features' covariance
/// (Friedman, Hastie and Tibshirani 2010), which does not read the observations again.
public final class Lasso {
  private static final int SWEEPS = 100_000;
  // Of the largest step of a sweep, in units of the target per standard deviation of the feature.
  private static final double TOLERANCE = 1e-12;

  private final double[][] weights;

  private Lasso(final double[][] weights) {
    this.weights = weights;
  }

  /// @param x `[observation][feature]`
  /// @param y `[observation][target]`
  /// @throws IllegalArgumentException when sizes differ or the penalty is not positive
  public static Lasso fit(final Matrix x, final Matrix y, final double penalty) {
    if (x.rows() != y.rows() || x.rows() < 1 || !(penalty > 0)) {
      throw new IllegalArgumentException(
          "lasso: observations=" + x.rows() + ", targets=" + y.rows() + ", penalty=" + penalty);
    }
    final double[][] columns = centred(x);
    final double[][] targets = centred(y);
    final double[][] gram = new double[columns.length][columns.length];
    for (int i = 0; i < columns.length; i++) {
      for (int j = 0; j <= i; j++) {
        gram[i][j] = Matrix.dot(columns[i], 0, columns[j], 0, x.rows()) / x.rows();
        gram[j][i] = gram[i][j];
      }
    }
    final double[][] weights = new double[targets.length][];
    for (int target = 0; target < targets.length; target++) {
      final double[] y0 = targets[target];
      final double[] product = new double[columns.length];
      Arrays.setAll(product, i -> Matrix.dot(columns[i], 0, y0, 0, x.rows()) / x.rows());
      weights[target] = descend(gram, product, penalty);
    }
    return new Lasso(weights);
  }

  public double weight(final int target, final int feature) {
    return weights[target][feature];
  }

  private static double[] descend(
      final double[][] gram, final double[] product, final double penalty) {
    final double[] w = new double[product.length];
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double largest = 0;
      for (int j = 0; j < w.length; j++) {
        if (gram[j][j] > 0) {
          final double rest =
              product[j] - Matrix.dot(gram[j], 0, w, 0, w.length) + gram[j][j] * w[j];
          // Plus 0, not to leave a -0.
          final double next =
              Math.copySign(Math.max(0, Math.abs(rest) - penalty), rest) / gram[j][j] + 0.0;
          largest = Math.max(largest, Math.abs(next - w[j]) * Math.sqrt(gram[j][j]));
          w[j] = next;
        }
      }
      if (largest <= TOLERANCE) {
        return w;
      }
    }
    throw new IllegalStateException("lasso did not settle: sweeps=" + SWEEPS);
  }

  private static double[][] centred(final Matrix matrix) {
    final double[][] columns = new double[matrix.columns()][];
    for (int c = 0; c < columns.length; c++) {
      final double[] column = matrix.column(c);
      final double mean = Arrays.stream(column).sum() / column.length;
      Arrays.setAll(column, i -> column[i] - mean);
      columns[c] = column;
    }
    return columns;
  }
}
