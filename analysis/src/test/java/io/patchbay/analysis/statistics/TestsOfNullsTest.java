package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestsOfNullsTest {
  /// Largest distance of the empirical distribution from the uniform one.
  private static double distanceFromUniform(double[] p) {
    Arrays.sort(p);
    double worst = 0;
    for (int i = 0; i < p.length; i++) {
      worst = Math.max(worst, Math.abs(p[i] - i / (double) p.length));
      worst = Math.max(worst, Math.abs(p[i] - (i + 1) / (double) p.length));
    }
    return worst;
  }

  // Kolmogorov: exceeded with probability 0.001 for 400 values.
  private static final double CRITICAL = 1.95 / 20;

  @Test
  void signFlipsByEnumeration() {
    SignFlipTest test = new SignFlipTest(1000, 1);
    // Of 8 patterns only the two with all signs alike reach 6.
    assertEquals(2 / 8.0, test.pValue(new double[] {1, 2, 3}));
    // Sums: 6, 4, 2, 0 and their negatives: |.| >= 4 in 4 patterns.
    assertEquals(4 / 8.0, test.pValue(new double[] {-1, 2, 3}));
    assertEquals(1, test.pValue(new double[] {0, 0}));
    // Rounding of the sums must not break ties: 0.1 + 0.2 - 0.3.
    assertEquals(1, test.pValue(new double[] {0.1, 0.2, -0.3}));
  }

  @Test
  void valuesOfOneInputFlipTogether() {
    SignFlipTest test = new SignFlipTest(1000, 1);
    double[] values = {1, 2, 3, 4, 5, 6};
    assertEquals(2 / 64.0, test.pValue(values));
    assertEquals(2 / 4.0, test.pValue(values, new int[] {7, 9, 7, 9, 7, 9}));
    assertEquals(1, test.pValue(values, new int[] {7, 7, 7, 7, 7, 7}));
  }

  @Test
  void samplingSignsAgreesWithEnumeration() {
    Random random = new Random(4);
    double[] values = new double[12];
    Arrays.setAll(values, i -> 0.4 + random.nextGaussian());
    double exact = new SignFlipTest(4096, 3).pValue(values);
    double sampled = new SignFlipTest(4095, 3).pValue(values);
    assertEquals(exact, sampled, 4 * Math.sqrt(exact * (1 - exact) / 4095));
  }

  @Test
  void signFlipsAreUniformUnderTheNullAndSmallOtherwise() {
    Random random = new Random(10);
    double[] p = new double[400];
    for (int run = 0; run < p.length; run++) {
      double[] values = new double[40];
      Arrays.setAll(values, i -> random.nextGaussian() * (1 + i % 3));
      p[run] = new SignFlipTest(499, run).pValue(values);
    }
    assertTrue(distanceFromUniform(p) < CRITICAL, "distance " + distanceFromUniform(p));
    double[] shifted = new double[40];
    Arrays.setAll(shifted, i -> 2 + random.nextGaussian());
    assertEquals(1 / 500.0, new SignFlipTest(499, 1).pValue(shifted));
  }

  @Test
  void permutationsAreUniformUnderTheNullAndSmallOtherwise() {
    Random random = new Random(20);
    double[] p = new double[400];
    for (int run = 0; run < p.length; run++) {
      double[] x = random.doubles(15).toArray();
      double[] y = random.doubles(15).toArray();
      p[run] = new PermutationTest(499, run).pValue(15, order -> dot(x, y, order));
    }
    assertTrue(distanceFromUniform(p) < CRITICAL, "distance " + distanceFromUniform(p));
    double[] x = random.doubles(30).toArray();
    assertEquals(1 / 500.0, new PermutationTest(499, 0).pValue(30, order -> dot(x, x, order)));
  }

  private static double dot(double[] x, double[] y, int[] order) {
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      sum += x[i] * y[order[i]];
    }
    return sum;
  }

  @Test
  void labelsWithinInputsAreUniformUnderTheNull() {
    Random random = new Random(30);
    int groups = 100;
    double[][] rows = new double[25][groups * 4];
    for (double[] row : rows) {
      Arrays.setAll(row, i -> Math.abs(random.nextGaussian()));
    }
    double[] p = new PermutationTest(999, 5).withinInputs(Matrix.ofRows(rows), 4);
    assertTrue(distanceFromUniform(p.clone()) < CRITICAL);
    for (double[] row : rows) {
      row[6] += 2;
    }
    double[] raised = new PermutationTest(999, 5).withinInputs(Matrix.ofRows(rows), 4);
    assertEquals(1 / 1000.0, raised[6]);
    assertEquals(p[9], raised[9]);
  }

  @Test
  void labelsWithinOneInputByHand() {
    // Cells 3 and 1: the first column holds 3 in half of the labellings.
    double[] p =
        new PermutationTest(20_000, 5).withinInputs(Matrix.ofRows(new double[][] {{3, 1}}), 2);
    assertEquals(0.5, p[0], 0.015);
    assertEquals(1, p[1]);
    double[] single =
        new PermutationTest(50, 5).withinInputs(Matrix.ofRows(new double[][] {{3, 1}}), 1);
    assertArrayEquals(new double[] {1, 1}, single);
  }

  /// The fifteen p-values of Benjamini and Hochberg (1995), section 3.2: four are rejected at 5 %.
  @Test
  void falseDiscoveryRateOfTheOriginalPaper() {
    double[] p = {
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1.0000
    };
    double[] shuffled = new double[15];
    boolean[] expected = new boolean[15];
    for (int i = 0; i < 15; i++) {
      shuffled[i * 7 % 15] = p[i];
      expected[i * 7 % 15] = i < 4;
    }
    double[] found = BenjaminiHochberg.adjust(shuffled);
    for (int i = 0; i < 15; i++) {
      assertEquals(expected[i], found[i] <= 0.05);
    }
    double[] adjusted = BenjaminiHochberg.adjust(p);
    assertEquals(0.0001 * 15, adjusted[0], 1e-15);
    assertEquals(0.0095 * 15 / 4, adjusted[3], 1e-15);
    // Rank 6 (0.0695) is undercut by rank 7 (0.0639) and so is rank 5 by neither.
    assertEquals(0.0201 * 15 / 5, adjusted[4], 1e-15);
    assertEquals(0.0298 * 15 / 7, adjusted[5], 1e-15);
    assertEquals(1, adjusted[14]);
    assertEquals(0, BenjaminiHochberg.adjust(new double[0]).length);
  }

  @Test
  void refusesNonsense() {
    assertThrows(
        IllegalArgumentException.class,
        () -> BenjaminiHochberg.adjust(new double[] {0.5, Double.NaN}));
    assertThrows(
        IllegalArgumentException.class, () -> BenjaminiHochberg.adjust(new double[] {1.5}));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SignFlipTest(10, 0).pValue(new double[] {1, Double.NaN}));
    assertThrows(
        IllegalArgumentException.class, () -> new SignFlipTest(10, 0).pValue(new double[0]));
    assertThrows(
        IllegalArgumentException.class,
        () -> new PermutationTest(10, 0).pValue(4, order -> Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new PermutationTest(10, 0).withinInputs(Matrix.ofRows(new double[][] {{1, 2, 3}}), 2));
  }
}
