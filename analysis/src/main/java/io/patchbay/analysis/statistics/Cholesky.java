package io.patchbay.analysis.statistics;

/// Solves A x = b for a symmetric positive definite A by A = L Lᵀ.
final class Cholesky {
  // A pivot below this share of its diagonal entry is rounding.
  private static final double SINGULAR = 1e-13;

  private final double[][] lower;

  /// Reads the lower triangle of `matrix` and overwrites it.
  ///
  /// @throws IllegalArgumentException when the matrix is not positive definite
  Cholesky(double[][] matrix) {
    for (int i = 0; i < matrix.length; i++) {
      double diagonal = matrix[i][i];
      for (int j = 0; j <= i; j++) {
        double value = matrix[i][j] - Matrix.dot(matrix[i], 0, matrix[j], 0, j);
        if (j < i) {
          matrix[i][j] = value / matrix[j][j];
        } else if (value > SINGULAR * diagonal) {
          matrix[i][i] = Math.sqrt(value);
        } else {
          throw new IllegalArgumentException(
              "matrix not positive definite: row=" + i + ", pivot=" + value);
        }
      }
    }
    this.lower = matrix;
  }

  /// Overwrites `b` with the solution.
  void solve(double[] b) {
    for (int i = 0; i < lower.length; i++) {
      b[i] = (b[i] - Matrix.dot(lower[i], 0, b, 0, i)) / lower[i][i];
    }
    for (int i = lower.length - 1; i >= 0; i--) {
      b[i] /= lower[i][i];
      for (int j = 0; j < i; j++) {
        b[j] -= lower[i][j] * b[i];
      }
    }
  }
}
