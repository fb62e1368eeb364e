package io.patchbay.analysis.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MutualInformationGapTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(50, 0.95, 1);

  /// A full grid of 4 x 3 factor values, twice; codes are given as functions of it.
  private static int[][] grid() {
    int[][] factors = new int[24][];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = new int[] {i / 3 % 4, 10 * (i % 3)};
    }
    return factors;
  }

  private static Matrix codes(int[][] factors, int... chosen) {
    double[][] rows = new double[factors.length][chosen.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < chosen.length; j++) {
        rows[i][j] = chosen[j] < 0 ? 0.7 : 0.1 * factors[i][chosen[j]] - 3;
      }
    }
    return Matrix.ofRows(rows);
  }

  @Test
  void binsAreThoseOfNumpy() {
    // np.histogram(arange(0, 1.01, .1), 4)[1] = 0, .25, .5, .75, 1; digitize on the left edges.
    double[] values = {0, 0.1, 0.2, 0.25, 0.3, 0.5, 0.7, 0.75, 0.9, 1};
    assertArrayEquals(new int[] {0, 0, 0, 1, 1, 2, 2, 3, 3, 3}, Histogram.bins(values, 4));
    // A constant lies in the middle of (x - 0.5, x + 0.5): the left edge of bin 10 of 20.
    assertArrayEquals(new int[] {10, 10}, Histogram.bins(new double[] {2, 2}, 20));
    // Edges decide, not the division: 20 bins of 0 .. 2, value i at edge i.
    double[] edges = new double[21];
    int[] expected = new int[21];
    for (int i = 0; i < 21; i++) {
      edges[i] = i * (2.0 / 20);
      expected[i] = Math.min(i, 19);
    }
    edges[20] = 2;
    assertArrayEquals(expected, Histogram.bins(edges, 20));
  }

  @Test
  void identityScoresOneInAnyOrderAndScale() {
    int[][] factors = grid();
    MutualInformationGap identity =
        MutualInformationGap.of(codes(factors, 0, 1), factors, BOOTSTRAP);
    assertEquals(1, identity.score().orElseThrow().estimate(), 1e-12);
    assertEquals(Math.log(4), identity.factors().get(0).entropy(), 1e-12);
    assertEquals(Math.log(3), identity.factors().get(1).information().get(1), 1e-12);
    assertEquals(0, identity.factors().get(0).latent());
    MutualInformationGap swapped =
        MutualInformationGap.of(codes(factors, -1, 1, 0), factors, BOOTSTRAP);
    assertEquals(1, swapped.score().orElseThrow().estimate(), 1e-12);
    assertEquals(2, swapped.factors().get(0).latent());
    assertEquals(0, swapped.factors().get(0).information().get(0), 1e-12);
  }

  @Test
  void duplicatedCodesHaveNoGapAndConstantOnesNoInformation() {
    int[][] factors = grid();
    MutualInformationGap duplicated =
        MutualInformationGap.of(codes(factors, 0, 0, 1), factors, BOOTSTRAP);
    assertEquals(0, duplicated.factors().get(0).gap().orElseThrow().estimate(), 1e-12);
    assertEquals(1, duplicated.factors().get(1).gap().orElseThrow().estimate(), 1e-12);
    assertEquals(0.5, duplicated.score().orElseThrow().estimate(), 1e-12);
    MutualInformationGap zero = MutualInformationGap.of(codes(factors, -1, -1), factors, BOOTSTRAP);
    assertEquals(0, zero.score().orElseThrow().estimate(), 1e-12);
  }

  @Test
  void partialInformationByHand() {
    // Factor 0..3 equally often; latent 0 tells its upper bit, latent 1 tells whether it is 0.
    int[][] factors = new int[8][];
    double[][] rows = new double[8][];
    for (int i = 0; i < 8; i++) {
      int value = i % 4;
      factors[i] = new int[] {value};
      rows[i] = new double[] {value < 2 ? 0 : 1, value == 0 ? 1 : 0};
    }
    double upper = Math.log(2);
    double first = 0.25 * Math.log(4) + 0.75 * Math.log(4.0 / 3);
    MutualInformationGap gap = MutualInformationGap.of(Matrix.ofRows(rows), factors, BOOTSTRAP);
    assertEquals(upper, gap.factors().getFirst().information().get(0), 1e-12);
    assertEquals(first, gap.factors().getFirst().information().get(1), 1e-12);
    assertEquals((upper - first) / Math.log(4), gap.score().orElseThrow().estimate(), 1e-12);
    MutualInformationGap single =
        MutualInformationGap.of(Matrix.ofColumn(Matrix.ofRows(rows).column(0)), factors, BOOTSTRAP);
    assertEquals(0.5, single.score().orElseThrow().estimate(), 1e-12);
  }

  @Test
  void constantFactorsAreListedWithoutAGap() {
    int[][] factors = grid();
    for (int[] row : factors) {
      row[1] = 7;
    }
    MutualInformationGap gap = MutualInformationGap.of(codes(factors, 0), factors, BOOTSTRAP);
    assertTrue(gap.factors().get(1).gap().isEmpty());
    assertEquals(0, gap.factors().get(1).entropy());
    assertEquals(1, gap.score().orElseThrow().estimate(), 1e-12);
  }

  @Test
  void independentCodesScoreNearZeroAndTheIntervalHoldsTheTruth() {
    Random random = new Random(19);
    int[][] factors = new int[4000][1];
    double[][] rows = new double[4000][3];
    for (int i = 0; i < rows.length; i++) {
      factors[i][0] = random.nextInt(4);
      rows[i][0] = random.nextGaussian();
      rows[i][1] = random.nextGaussian();
      rows[i][2] = factors[i][0] + (random.nextDouble() < 0.5 ? 0 : 4);
    }
    Matrix codes = Matrix.ofRows(rows);
    assertEquals(
        1,
        MutualInformationGap.of(codes, factors, BOOTSTRAP).score().orElseThrow().estimate(),
        0.02);
    Matrix noise =
        Matrix.ofRows(
            Arrays.stream(rows).map(r -> new double[] {r[0], r[1]}).toArray(double[][]::new));
    assertEquals(
        0,
        MutualInformationGap.of(noise, factors, BOOTSTRAP).score().orElseThrow().estimate(),
        0.01);
  }

  @Test
  void refusesRaggedTables() {
    int[][] factors = grid();
    assertThrows(
        IllegalArgumentException.class,
        () -> MutualInformationGap.of(codes(factors, 0), new int[3][1], BOOTSTRAP));
    int[][] ragged = grid();
    ragged[5] = new int[] {1};
    assertThrows(
        IllegalArgumentException.class,
        () -> MutualInformationGap.of(codes(factors, 0), ragged, BOOTSTRAP));
  }

  /// A code that tells nothing seems to tell (19 * 7) / 600 nats by counts of 300 inputs, and one
  /// of four values less than a fourth of that too much: the gap is too small.
  @Test
  void theBiasOfCountsIsTakenOffBesideTheLibrarysFigure() {
    Random random = new Random(23);
    int runs = 60;
    double plain = 0;
    double unbiased = 0;
    int covered = 0;
    for (int run = 0; run < runs; run++) {
      int[][] factors = new int[300][1];
      double[][] rows = new double[300][2];
      for (int i = 0; i < rows.length; i++) {
        factors[i][0] = random.nextInt(8);
        // Half of the inputs say the upper two bits, and no other code says anything.
        rows[i][0] = random.nextBoolean() ? factors[i][0] / 2 : random.nextInt(4);
        rows[i][1] = random.nextDouble();
      }
      MutualInformationGap gap =
          MutualInformationGap.of(Matrix.ofRows(rows), factors, new Bootstrap(200, 0.95, run));
      plain += gap.score().orElseThrow().estimate() / runs;
      unbiased += gap.unbiased().orElseThrow().estimate() / runs;
      covered += gap.unbiased().orElseThrow().contains(truth()) ? 1 : 0;
      assertEquals(300, gap.unbiased().orElseThrow().n());
    }
    double bias = plain - truth();
    double left = unbiased - truth();
    assertTrue(Math.abs(bias) > 0.02, "bias " + bias);
    assertTrue(Math.abs(left) < 0.5 * Math.abs(bias), "left " + left + " of " + bias);
    assertTrue(covered >= 0.85 * runs, "covered " + covered + " of " + runs);
  }

  /// The two bits are kept with probability 1/2 + 1/2 * 1/4, else one of the three others.
  private static double truth() {
    double kept = 0.625;
    double other = 0.125;
    double rest = -kept * Math.log(kept) - 3 * other * Math.log(other);
    return (Math.log(4) - rest) / Math.log(8);
  }
}
