package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import org.junit.jupiter.api.Test;

class EigenvectorsTest {
  @Test
  void aKnownMatrix() {
    final var of = Eigenvectors.of(new double[][] {{2, 1}, {1, 2}});
    assertArrayEquals(new double[] {3, 1}, of.values(), 1e-14);
    final double half = Math.sqrt(0.5);
    assertEquals(half, Math.abs(of.vectors()[0][0]), 1e-14);
    assertEquals(0.5, of.vectors()[0][0] * of.vectors()[0][1], 1e-14);
    assertEquals(-0.5, of.vectors()[1][0] * of.vectors()[1][1], 1e-14);
  }

  /// A v = lambda v, descending, and the vectors are orthonormal.
  @Test
  void definition() {
    final int n = 24;
    final double[][] a = new double[n][n];
    final var random = new PhiloxRandom(1, Streams.METRIC, 0, 0);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i][j] = random.nextDouble() - 0.5;
        a[j][i] = a[i][j];
      }
    }
    final var of = Eigenvectors.of(a);
    for (int k = 0; k < n; k++) {
      assertTrue(k == 0 || of.values()[k] <= of.values()[k - 1]);
      for (int i = 0; i < n; i++) {
        double product = 0;
        double overlap = 0;
        for (int j = 0; j < n; j++) {
          product += a[i][j] * of.vectors()[k][j];
          overlap += of.vectors()[i][j] * of.vectors()[k][j];
        }
        assertEquals(of.values()[k] * of.vectors()[k][i], product, 1e-12);
        assertEquals(i == k ? 1 : 0, overlap, 1e-12);
      }
    }
  }
}
