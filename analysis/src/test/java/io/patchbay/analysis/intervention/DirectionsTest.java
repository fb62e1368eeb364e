package io.patchbay.analysis.intervention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectionsTest {
  @Test
  void directionsAreScaledAndHaveToBeAtRightAngles() {
    final var two = Directions.of(new double[][] {{3, 4, 0}, {-8, 6, 0}});
    assertArrayEquals(new float[] {0.6f, 0.8f, 0, -0.8f, 0.6f, 0}, two.values());
    assertArrayEquals(new float[] {0.6f, 0.8f, 0}, two.first(1).values());
    assertThrows(IllegalArgumentException.class, () -> two.first(3));
    refused(
        "directions 0 and 2: found a cosine of 0.707",
        new double[][] {{1, 0, 0}, {0, 1, 0}, {1, 0, 1}});
    refused("direction 1: found length 0.0", new double[][] {{1, 0}, {0, 0}});
    refused("direction 0: found length NaN", new double[][] {{Double.NaN, 0}});
    refused("found 2 of 1 elements, expected 1 to 1", new double[][] {{1}, {1}});
    refused("found 0 of 0", new double[][] {});
  }

  private static void refused(final String why, final double[][] rows) {
    final var e = assertThrows(IllegalArgumentException.class, () -> Directions.of(rows));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
  }

  /// Rows that vary by 3, 2 and 1 along known directions, with a mean of their own: fewer rows than
  /// elements, and more.
  @ParameterizedTest
  @CsvSource({"20,40", "300,12"})
  void principalComponentsAreThoseOfTheVariance(final int rows, final int size) {
    final var random = new PhiloxRandom(7, Streams.METRIC, 0, 0);
    final var axes = new double[3][size];
    for (int k = 0; k < 3; k++) {
      axes[k][2 * k] = Math.sqrt(0.5);
      axes[k][2 * k + 1] = k == 1 ? -Math.sqrt(0.5) : Math.sqrt(0.5);
    }
    final var values = new float[rows][size];
    for (final var row : values) {
      for (int k = 0; k < 3; k++) {
        final double share = (3 - k) * Math.signum(random.nextDouble() - 0.5) * (1 + 1e-3 * k);
        for (int e = 0; e < size; e++) {
          row[e] += (float) (share * axes[k][e]);
        }
      }
      for (int e = 0; e < size; e++) {
        row[e] += e;
      }
    }
    final var found = Directions.principal(values, 3);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double product = 0;
        for (int e = 0; e < size; e++) {
          product += (double) found.values()[i * size + e] * found.values()[j * size + e];
        }
        assertEquals(i == j ? 1 : 0, product, 1e-6);
      }
    }
    // The space is the known one, whatever the sample makes of its axes.
    for (int k = 0; k < 3; k++) {
      double length = 0;
      for (int i = 0; i < 3; i++) {
        double product = 0;
        for (int e = 0; e < size; e++) {
          product += found.values()[i * size + e] * axes[k][e];
        }
        length += product * product;
      }
      assertEquals(1, length, 1e-6);
    }
    double previous = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 3; i++) {
      final double variance = variance(values, found, i);
      assertTrue(variance > 0 && variance <= previous);
      previous = variance;
    }
    final var e =
        assertThrows(IllegalArgumentException.class, () -> Directions.principal(values, 4));
    assertTrue(String.valueOf(e.getMessage()).contains("found 3 directions"), e::getMessage);
  }

  private static double variance(final float[][] rows, final Directions directions, final int k) {
    double sum = 0;
    double squares = 0;
    for (final var row : rows) {
      double product = 0;
      for (int e = 0; e < row.length; e++) {
        product += (double) row[e] * directions.values()[k * row.length + e];
      }
      sum += product;
      squares += product * product;
    }
    return squares / rows.length - Math.pow(sum / rows.length, 2);
  }

  @Test
  void theProjectionComesFromTheSource() {
    final var directions = Directions.of(new double[][] {{1, 1, 0}, {1, -1, 0}});
    final float[] clean = {1, 2, 3};
    final float[] source = {5, 4, 9};
    final var first = new Unit("0", List.of(new UnitRange(0, 1)));
    final var both = new Unit("all", List.of(new UnitRange(0, 2)));
    // The sum of the first two goes from 3 to 9, their difference from -1 to 1.
    assertArrayEquals(new float[] {4, 5, 3}, directions.interchanged(clean, source, first), 1e-6f);
    assertArrayEquals(new float[] {5, 4, 3}, directions.interchanged(clean, source, both), 1e-6f);
  }
}
