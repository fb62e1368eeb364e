package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EigenvaluesTest {
  @Test
  void knownMatrices() {
    assertArrayEquals(new double[] {1, 3}, Eigenvalues.of(new double[][] {{2, 1}, {1, 2}}), 1e-14);
    assertArrayEquals(new double[] {-4, 0, 7}, Eigenvalues.of(diagonal(7, -4, 0)), 1e-14);
    assertArrayEquals(new double[0], Eigenvalues.of(new double[0][]));
    // All ones: one eigenvalue n, the others 0.
    final double[][] ones = new double[5][5];
    Arrays.stream(ones).forEach(row -> Arrays.fill(row, 1));
    assertArrayEquals(new double[] {0, 0, 0, 0, 5}, Eigenvalues.of(ones), 1e-14);
    // Second differences: 2 - 2 cos(k pi / (n + 1)).
    final int n = 20;
    final double[][] path = new double[n][n];
    final double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      path[i][i] = 2;
      if (i > 0) {
        path[i][i - 1] = -1;
        path[i - 1][i] = -1;
      }
      expected[i] = 2 - 2 * Math.cos((i + 1) * Math.PI / (n + 1));
    }
    assertArrayEquals(expected, Eigenvalues.of(path), 1e-13);
  }

  /// Reflections change no eigenvalue.
  @Test
  void aTurnedDiagonalKeepsItsValues() {
    final double[] values = {-3, 1e-6, 1e-6, 0.5, 2, 40};
    double[][] matrix = diagonal(values);
    final var random = new PhiloxRandom(1, Streams.METRIC, 0, 0);
    for (int turn = 0; turn < 4; turn++) {
      final double[] axis = new double[values.length];
      Arrays.setAll(axis, i -> random.nextDouble() - 0.5);
      matrix = reflected(matrix, axis);
    }
    final double[][] before = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
    assertArrayEquals(values, Eigenvalues.of(matrix), 1e-12);
    assertArrayEquals(before, matrix);
    final double scale = 1e200;
    for (final double[] row : matrix) {
      Arrays.setAll(row, i -> row[i] * scale);
    }
    assertEquals(40, Eigenvalues.of(matrix)[5] / scale, 1e-12);
  }

  @Test
  void badMatrices() {
    assertThrows(
        IllegalArgumentException.class, () -> Eigenvalues.of(new double[][] {{1, 2}, {2}}));
    assertThrows(
        IllegalArgumentException.class,
        () -> Eigenvalues.of(new double[][] {{1, 0}, {Double.NaN, 1}}));
  }

  private static double[][] diagonal(final double... values) {
    final double[][] matrix = new double[values.length][values.length];
    for (int i = 0; i < values.length; i++) {
      matrix[i][i] = values[i];
    }
    return matrix;
  }

  /// (1 - 2 a a' / a'a) M (1 - 2 a a' / a'a)
  private static double[][] reflected(final double[][] m, final double[] a) {
    final int n = a.length;
    final double[][] h = new double[n][n];
    final double square = Arrays.stream(a).map(x -> x * x).sum();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        h[i][j] = (i == j ? 1 : 0) - 2 * a[i] * a[j] / square;
      }
    }
    return product(product(h, m), h);
  }

  private static double[][] product(final double[][] a, final double[][] b) {
    final double[][] result = new double[a.length][b.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        for (int k = 0; k < b.length; k++) {
          result[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return result;
  }
}
