package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The lasso, and ranks.
class LassoTest {
  /// Orthogonal features of variance 1: each weight moves towards 0 by the penalty, and stays
  /// there.
  @Test
  void orthogonalFeaturesAreShrunk() {
    final double[][] x = {{1, 1, 5}, {1, -1, 5}, {-1, 1, 5}, {-1, -1, 5}};
    final double[][] y = new double[4][2];
    for (int i = 0; i < 4; i++) {
      y[i][0] = 3 * x[i][0] - 0.05 * x[i][1] + 100;
      y[i][1] = -2 * x[i][1];
    }
    final var lasso = Lasso.fit(Matrix.ofRows(x), Matrix.ofRows(y), 0.1);
    assertEquals(2.9, lasso.weight(0, 0), 1e-12);
    assertEquals(0, lasso.weight(0, 1));
    assertEquals(0, lasso.weight(0, 2), "a constant feature");
    assertEquals(-1.9, lasso.weight(1, 1), 1e-12);
  }

  /// At the optimum the covariance of a feature with the residual is the penalty times the sign of
  /// its weight, and at most the penalty where that is 0.
  @Test
  void correlatedFeaturesAreAtTheOptimum() {
    final var random = new PhiloxRandom(3, Streams.METRIC, 0, 0);
    final int n = 200;
    final double[][] x = new double[n][6];
    final double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      final double common = random.nextDouble();
      for (int j = 0; j < 6; j++) {
        x[i][j] = common + random.nextDouble();
      }
      y[i] = x[i][0] - 0.8 * x[i][1] + 0.3 * random.nextDouble();
    }
    final double penalty = 0.03;
    final var lasso = Lasso.fit(Matrix.ofRows(x), Matrix.ofColumn(y), penalty);
    final double[] residual = y.clone();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 6; j++) {
        residual[i] -= lasso.weight(0, j) * x[i][j];
      }
    }
    int zeros = 0;
    for (int j = 0; j < 6; j++) {
      double sum = 0;
      double both = 0;
      double mean = 0;
      for (int i = 0; i < n; i++) {
        sum += residual[i] / n;
        mean += x[i][j] / n;
        both += residual[i] * x[i][j] / n;
      }
      final double covariance = both - sum * mean;
      if (lasso.weight(0, j) == 0) {
        zeros++;
        assertTrue(Math.abs(covariance) <= penalty + 1e-10, "feature " + j);
      } else {
        assertEquals(penalty * Math.signum(lasso.weight(0, j)), covariance, 1e-10);
      }
    }
    assertTrue(zeros > 0 && zeros < 6, "zeros=" + zeros);
    assertThrows(
        IllegalArgumentException.class, () -> Lasso.fit(Matrix.ofRows(x), Matrix.ofColumn(y), 0));
  }

  /// Two features that say the same but for a millionth, and one that says their sum: the optimum
  /// is reached all the same.
  @Test
  void featuresThatSayNearlyTheSameSettle() {
    final var random = new PhiloxRandom(5, Streams.METRIC, 0, 0);
    final int n = 100;
    final double[][] x = new double[n][4];
    final double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      final double a = random.nextDouble() - 0.5;
      final double b = random.nextDouble() - 0.5;
      x[i][0] = a;
      x[i][1] = a + 1e-4 * (random.nextDouble() - 0.5);
      x[i][2] = b;
      x[i][3] = a + b + 1e-4 * (random.nextDouble() - 0.5);
      y[i] = 100 * (x[i][1] - x[i][0]) * 50 + 2 * a - b + 0.01 * random.nextDouble();
    }
    final double penalty = 1e-7;
    final var lasso = Lasso.fit(Matrix.ofRows(x), Matrix.ofColumn(y), penalty);
    final double[] residual = y.clone();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 4; j++) {
        residual[i] -= lasso.weight(0, j) * x[i][j];
      }
    }
    final double mean = Arrays.stream(residual).average().orElseThrow();
    for (int j = 0; j < 4; j++) {
      double covariance = 0;
      for (int i = 0; i < n; i++) {
        covariance += (residual[i] - mean) * x[i][j] / n;
      }
      final double weight = lasso.weight(0, j);
      assertEquals(
          weight == 0 ? Math.clamp(covariance, -penalty, penalty) : penalty * Math.signum(weight),
          covariance,
          1e-10,
          "feature " + j);
    }
    assertTrue(Math.abs(lasso.weight(0, 0)) > 1000, "weight=" + lasso.weight(0, 0));
  }

  @Test
  void equalsShareARank() {
    assertArrayEquals(new double[] {3, 1.5, 5, 1.5, 4}, Ranks.of(new double[] {2, -1, 9, -1, 3}));
    assertArrayEquals(new double[] {1.5, 1.5}, Ranks.of(new double[] {0.0, -0.0}));
    final double[] x = {5, 1, 4, 2, 3};
    final double[] cubes = new double[5];
    Arrays.setAll(cubes, i -> -Math.pow(x[i], 3));
    assertEquals(-1, Ranks.correlation(Ranks.of(x), Ranks.of(cubes)), 1e-12);
    assertEquals(0, Ranks.correlation(x, new double[] {2, 2, 2, 2, 2}));
    // Ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15).
    assertEquals(
        0.6, Ranks.correlation(new double[] {1, 2, 3, 4}, new double[] {2, 1, 4, 3}), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> Ranks.of(new double[] {1, Double.NaN}));
  }
}
