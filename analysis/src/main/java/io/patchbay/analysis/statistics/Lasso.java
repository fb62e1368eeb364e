package io.patchbay.analysis.statistics;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/// Linear least squares with an absolute penalty: minimises, per target, sum (y - b - w x)² / 2n +
/// penalty |w|₁; the intercept b is free. By coordinate descent on the features' covariance
/// (Friedman, Hastie and Tibshirani 2010), which does not read the observations again. Where
/// features say nearly the same, that creeps along a valley: every few sweeps it leaps to the
/// valley's lowest point, solving for the weights that are not 0 with their signs kept (the step of
/// the feature-sign search of Lee, Battle, Raina and Ng 2006).
public final class Lasso {
  private static final int SWEEPS = 100_000;
  // Of the largest step of a sweep, in units of the target per standard deviation of the feature.
  private static final double TOLERANCE = 1e-12;

  /// Sweeps between two leaps.
  private static final int LEAP = 100;

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
      if (sweep % LEAP == LEAP - 1) {
        leap(gram, product, penalty, w);
      }
    }
    throw new IllegalStateException("lasso did not settle: sweeps=" + SWEEPS);
  }

  /// Moves the weights that are not 0 to the best ones of their signs, or as far on the way as the
  /// first that comes to 0, which stays there; again until none does. Where the features that are
  /// left cannot be told apart, or rounding spoils the step, they stay.
  private static void leap(
      final double[][] gram, final double[] product, final double penalty, final double[] w) {
    for (int dropped = 0; dropped <= w.length; dropped++) {
      final int[] active = IntStream.range(0, w.length).filter(j -> w[j] != 0).toArray();
      final var best = best(gram, product, penalty, w, active);
      if (best.isEmpty()) {
        return;
      }
      final double[] to = best.get();
      double share = 1;
      int first = -1;
      for (int i = 0; i < active.length; i++) {
        final double from = w[active[i]];
        if (from * to[i] <= 0 && from / (from - to[i]) < share) {
          share = from / (from - to[i]);
          first = active[i];
        }
      }
      final double[] next = w.clone();
      for (int i = 0; i < active.length; i++) {
        next[active[i]] += share * (to[i] - next[active[i]]);
      }
      if (first >= 0) {
        next[first] = 0;
      }
      if (!(objective(gram, product, penalty, next) < objective(gram, product, penalty, w))) {
        return;
      }
      System.arraycopy(next, 0, w, 0, w.length);
      if (first < 0) {
        return;
      }
    }
  }

  /// The stationary point of the active weights, were their signs what they are; empty where their
  /// covariance is singular.
  private static Optional<double[]> best(
      final double[][] gram,
      final double[] product,
      final double penalty,
      final double[] w,
      final int[] active) {
    if (active.length == 0) {
      return Optional.empty();
    }
    final double[][] matrix = new double[active.length][active.length];
    final double[] right = new double[active.length];
    for (int i = 0; i < active.length; i++) {
      for (int j = 0; j < active.length; j++) {
        matrix[i][j] = gram[active[i]][active[j]];
      }
      right[i] = product[active[i]] - Math.copySign(penalty, w[active[i]]);
    }
    try {
      new Cholesky(matrix).solve(right);
      return Optional.of(right);
    } catch (final IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Up to the spread of the target.
  private static double objective(
      final double[][] gram, final double[] product, final double penalty, final double[] w) {
    double sum = 0;
    for (int j = 0; j < w.length; j++) {
      sum +=
          w[j] * (Matrix.dot(gram[j], 0, w, 0, w.length) / 2 - product[j])
              + penalty * Math.abs(w[j]);
    }
    return sum;
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
