package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// Linear least squares with a quadratic penalty, in closed form: minimises, per target, sum (y - b
/// - w x)^2 + penalty |w|^2; the intercept b is free. With more features than observations the dual
///   system is solved, so the cost is features x observations x the smaller of the two.
public final class Ridge {
  private final double[][] weights;
  private final double[] intercepts;

  private Ridge(double[][] weights, double[] intercepts) {
    this.weights = weights;
    this.intercepts = intercepts;
  }

  /// @param x `[observation][feature]`
  /// @param y `[observation][target]`
  /// @throws IllegalArgumentException when sizes differ, or the system is singular (penalty 0)
  public static Ridge fit(Matrix x, Matrix y, double penalty) {
    if (x.rows() != y.rows() || x.rows() < 1 || !(penalty >= 0)) {
      throw new IllegalArgumentException(
          "ridge: observations=" + x.rows() + ", targets=" + y.rows() + ", penalty=" + penalty);
    }
    double[] means = new double[x.columns()];
    double[][] columns = new double[x.columns()][];
    for (int feature = 0; feature < columns.length; feature++) {
      columns[feature] = x.column(feature);
      means[feature] = center(columns[feature]);
    }
    boolean dual = x.columns() > x.rows();
    double[][] rows = dual ? transpose(columns, x.rows()) : columns;
    Cholesky system = new Cholesky(gram(rows, penalty));
    double[][] weights = new double[y.columns()][];
    double[] intercepts = new double[y.columns()];
    for (int target = 0; target < weights.length; target++) {
      double[] centred = y.column(target);
      double mean = center(centred);
      if (dual) {
        system.solve(centred);
        weights[target] = product(columns, centred);
      } else {
        weights[target] = product(columns, centred);
        system.solve(weights[target]);
      }
      intercepts[target] = mean - Matrix.dot(weights[target], 0, means, 0, means.length);
    }
    return new Ridge(weights, intercepts);
  }

  public double weight(int target, int feature) {
    return weights[target][feature];
  }

  public double intercept(int target) {
    return intercepts[target];
  }

  /// Predictions, `[observation][target]`.
  public Matrix predict(Matrix x) {
    double[][] result = new double[x.rows()][weights.length];
    for (int r = 0; r < result.length; r++) {
      double[] row = x.row(r);
      for (int target = 0; target < weights.length; target++) {
        if (row.length != weights[target].length) {
          throw new IllegalArgumentException(
              "ridge features: given=" + row.length + ", fitted=" + weights[target].length);
        }
        result[r][target] = intercepts[target] + Matrix.dot(weights[target], 0, row, 0, row.length);
      }
    }
    return Matrix.ofRows(result);
  }

  private static double[][] gram(double[][] rows, double penalty) {
    double[][] result = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      result[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        result[i][j] = Matrix.dot(rows[i], 0, rows[j], 0, rows[i].length);
      }
      result[i][i] += penalty;
    }
    return result;
  }

  private static double[] product(double[][] rows, double[] vector) {
    double[] result = new double[rows.length];
    Arrays.setAll(result, i -> Matrix.dot(rows[i], 0, vector, 0, vector.length));
    return result;
  }

  private static double[][] transpose(double[][] columns, int rows) {
    double[][] result = new double[rows][columns.length];
    for (int c = 0; c < columns.length; c++) {
      for (int r = 0; r < rows; r++) {
        result[r][c] = columns[c][r];
      }
    }
    return result;
  }

  private static double center(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    for (int i = 0; i < values.length; i++) {
      values[i] -= mean;
    }
    return mean;
  }
}
