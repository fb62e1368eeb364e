package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssociationTest {
  private static Matrix noise(int rows, int columns, Random random) {
    double[] values = new double[rows * columns];
    Arrays.setAll(values, i -> random.nextGaussian());
    return Matrix.of(values, rows, columns);
  }

  private static double[] labels(int rows, Random random) {
    double[] labels = new double[rows];
    Arrays.setAll(labels, i -> random.nextInt(5) - 1);
    return labels;
  }

  @Test
  void countsTheRelabellingsThatReachTheCovariance() {
    Random random = new Random(3);
    // More columns than are tested together.
    Matrix values = noise(17, 200, random);
    double[] labels = labels(17, random);
    PermutationTest test = new PermutationTest(499, 8);
    double[] p = test.associations(labels, values);
    double mean = Arrays.stream(labels).average().orElseThrow();
    for (int c : new int[] {0, 1, 127, 128, 199}) {
      double[] column = values.column(c);
      double expected =
          test.pValue(
              17,
              order -> {
                double sum = 0;
                for (int r = 0; r < 17; r++) {
                  sum += (labels[order[r]] - mean) * column[r];
                }
                return Math.abs(sum);
              });
      assertEquals(expected, p[c], 1e-12, "column " + c);
    }
  }

  @Test
  void bothDirectionsCountAndShiftsDoNot() {
    double[] labels = {-2, -1, 0, 1, 2, -2, -1, 0, 1, 2, 2, -2};
    double[][] rows = new double[labels.length][];
    Random random = new Random(4);
    for (int r = 0; r < rows.length; r++) {
      double noise = 0.1 * random.nextGaussian();
      rows[r] =
          new double[] {labels[r] + noise, 1000 - labels[r] + noise, 1000, 0, 7 + 0.01 * noise};
    }
    double[] p = new PermutationTest(1999, 5).associations(labels, Matrix.ofRows(rows));
    assertEquals(1 / 2000.0, p[0]);
    assertEquals(1 / 2000.0, p[1]);
    assertEquals(1, p[2]);
    assertEquals(1, p[3]);
    assertTrue(p[4] > 0.05, "p=" + p[4]);
    assertArrayEquals(
        new double[] {1, 1, 1, 1, 1},
        new PermutationTest(99, 5).associations(new double[rows.length], Matrix.ofRows(rows)));
  }

  @Test
  void isNominalUnderTheNull() {
    Random random = new Random(6);
    int small = 0;
    int all = 0;
    for (int set = 0; set < 100; set++) {
      double[] labels = labels(25, random);
      for (double p : new PermutationTest(199, set).associations(labels, noise(25, 20, random))) {
        small += p <= 0.05 ? 1 : 0;
        all++;
      }
    }
    // 2,000 tests in sets of 20: the standard error is 0.005.
    assertEquals(0.05, (double) small / all, 0.016);
  }

  @Test
  void refusesOtherLabels() {
    Matrix values = noise(4, 2, new Random(1));
    PermutationTest test = new PermutationTest(9, 1);
    assertThrows(IllegalArgumentException.class, () -> test.associations(new double[3], values));
    assertThrows(
        IllegalArgumentException.class,
        () -> test.associations(new double[] {1, 2, Double.NaN, 3}, values));
  }
}
