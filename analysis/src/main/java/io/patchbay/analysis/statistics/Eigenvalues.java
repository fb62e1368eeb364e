package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// Eigenvalues of small symmetric matrices by cyclic Jacobi rotations (Golub and Van Loan, *Matrix
/// Computations*, 8.5): each rotation makes one entry beside the diagonal 0, until all are.
public final class Eigenvalues {
  private static final int SWEEPS = 60;
  // Beside a diagonal of 1, entries below this are rounding.
  private static final double NEGLIGIBLE = 1e-15;

  private Eigenvalues() {}

  /// Ascending.
  ///
  /// @param matrix square; its lower triangle is read, and it is not changed
  /// @throws IllegalArgumentException when it is not square, or an entry is not finite
  public static double[] of(final double[][] matrix) {
    final double[] values = diagonal(matrix, new double[0][]);
    Arrays.sort(values);
    return values;
  }

  /// The entries left on the diagonal.
  ///
  /// @param turned rows that are rotated as the matrix is: from the unit matrix they become the
  ///   eigenvectors
  static double[] diagonal(final double[][] matrix, final double[][] turned) {
    final int n = matrix.length;
    final double[][] a = new double[n][n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      if (matrix[i].length != n) {
        throw new IllegalArgumentException(
            "matrix not square: rows=" + n + ", columns=" + matrix[i].length + ", row=" + i);
      }
      Finite.require("matrix row " + i, matrix[i]);
      for (int j = 0; j <= i; j++) {
        a[i][j] = matrix[i][j];
        a[j][i] = matrix[i][j];
        largest = Math.max(largest, Math.abs(matrix[i][j]));
      }
    }
    for (int sweep = 0; sweep < SWEEPS && beside(a) > NEGLIGIBLE * largest; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (a[p][q] != 0) {
            rotate(a, turned, p, q);
          }
        }
      }
    }
    final double[] values = new double[n];
    Arrays.setAll(values, i -> a[i][i]);
    return values;
  }

  /// The largest entry beside the diagonal.
  private static double beside(final double[][] a) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        largest = Math.max(largest, Math.abs(a[i][j]));
      }
    }
    return largest;
  }

  private static void rotate(
      final double[][] a, final double[][] turned, final int p, final int q) {
    final double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    // The smaller of the two angles; hypot does not overflow where theta² would.
    final double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
    final double cosine = 1 / Math.hypot(t, 1);
    final double sine = t * cosine;
    final double moved = t * a[p][q];
    a[p][p] -= moved;
    a[q][q] += moved;
    a[p][q] = 0;
    a[q][p] = 0;
    for (int i = 0; i < a.length; i++) {
      if (i != p && i != q) {
        final double ip = a[i][p];
        final double iq = a[i][q];
        a[i][p] = cosine * ip - sine * iq;
        a[p][i] = a[i][p];
        a[i][q] = sine * ip + cosine * iq;
        a[q][i] = a[i][q];
      }
    }
    if (turned.length > 0) {
      for (int i = 0; i < a.length; i++) {
        final double ip = turned[p][i];
        final double iq = turned[q][i];
        turned[p][i] = cosine * ip - sine * iq;
        turned[q][i] = sine * ip + cosine * iq;
      }
    }
  }
}
