package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.LogisticRegression;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Modularity and explicitness.
class CodeModularityTest {
  private static final int[] SIZES = {4, 4, 4};
  private static final GroupJackknife JACKKNIFE = GroupJackknife.standard(3);
  private static final Bootstrap BOOTSTRAP = new Bootstrap(100, 0.95, 3);

  private static CodeModularity modularity(final Function<int[], double[]> code) {
    return CodeModularity.of(Worlds.grid(SIZES, 2, code), JACKKNIFE, BOOTSTRAP);
  }

  private static Explicitness explicitness(final Function<int[], double[]> code) {
    return Explicitness.of(
        Worlds.drawn(SIZES, Use.TRAINING, 400, code),
        Worlds.drawn(SIZES, Use.TEST, 200, code),
        BOOTSTRAP);
  }

  @Test
  void codesOfOneFactorAreModular() {
    for (final var code : Arrays.asList(Worlds.IDENTITY, Worlds.PERMUTED, Worlds.DUPLICATED)) {
      assertEquals(1, modularity(code).score().estimate(), 1e-12);
    }
  }

  /// A code that tells as much of two of three factors has 1 - 1 / 2.
  @Test
  void aMixtureByHand() {
    final var mixed = modularity(v -> new double[] {v[0] + v[1], v[2], 0});
    assertArrayEquals(new double[] {0.5, 1, 0}, mixed.perCode(), 1e-12);
    assertEquals(0.5, mixed.score().estimate(), 1e-12);
    assertArrayEquals(
        new double[] {1 - (1.0 + 4) / (9 * 2)},
        CodeModularity.perCode(new double[][] {{1}, {3}, {2}}),
        1e-12);
    assertEquals(0, modularity(Worlds.ZERO).score().estimate());
  }

  @Test
  void scaleAndOrderChangeNoModularity() {
    final Function<int[], double[]> mixed = v -> new double[] {v[0] + 0.4 * v[1], v[2]};
    final double plain = modularity(mixed).score().estimate();
    assertEquals(plain, modularity(Worlds.scaled(mixed, 0, -8)).score().estimate(), 1e-12);
    assertEquals(
        plain, modularity(v -> new double[] {v[2], v[0] + 0.4 * v[1]}).score().estimate(), 1e-12);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            CodeModularity.of(
                Worlds.grid(new int[] {4, 1}, 2, Worlds.IDENTITY), JACKKNIFE, BOOTSTRAP));
  }

  @Test
  void linearReadOutsAreExplicit() {
    for (final var code : Arrays.asList(Worlds.IDENTITY, Worlds.ROTATED, Worlds.PERMUTED)) {
      final var score = explicitness(code);
      assertTrue(score.score().estimate() > 0.97, score::toString);
      assertTrue(score.training().estimate() > 0.97 && score.converged(), score::toString);
    }
    final var same = explicitness(Worlds.ZERO);
    assertEquals(0.5, same.score().estimate());
    assertEquals(0.5, same.training().estimate());
    // One factor of three is told, the others are at chance.
    assertEquals(2 / 3.0, explicitness(v -> new double[] {v[0]}).score().estimate(), 0.06);
  }

  /// Every pair compared: a member above another counts 1, a tie 1/2.
  @Test
  void theAreaIsThatOfAllPairs() {
    final var random = new PhiloxRandom(4, Streams.METRIC, 0, 0);
    final double[] scores = new double[60];
    final int[] labels = new int[60];
    final int[] counts = new int[60];
    for (int i = 0; i < scores.length; i++) {
      labels[i] = random.nextInt(3);
      scores[i] = random.nextInt(9) + labels[i];
      counts[i] = random.nextInt(3);
    }
    double higher = 0;
    double pairs = 0;
    for (int a = 0; a < scores.length; a++) {
      for (int b = 0; b < scores.length; b++) {
        if (labels[a] == 2 && labels[b] != 2) {
          final double weight = (double) counts[a] * counts[b];
          pairs += weight;
          higher += scores[a] > scores[b] ? weight : scores[a] == scores[b] ? weight / 2 : 0;
        }
      }
    }
    final var curve = Explicitness.curve(0, scores, labels, 2);
    assertEquals(higher / pairs, Explicitness.area(curve, counts), 1e-12);
    assertTrue(Double.isNaN(Explicitness.area(Explicitness.curve(0, scores, labels, 5), counts)));
  }

  /// The gradient of |w|² / 2 + sum of log losses of sigmoid(w x + b) is zero.
  @Test
  void twoClassesAreThoseOfOneVectorOfWeights() {
    final double[] x = {-2, -1, 0, 0.5, 1, 3, -0.5, 2};
    final int[] y = {0, 0, 1, 0, 1, 1, 1, 0};
    final var model =
        LogisticRegression.fit(Matrix.ofColumn(x), y, 2, Explicitness.inversePenalty(2));
    final double w = model.weight(1, 0) - model.weight(0, 0);
    final double b = model.intercept(1) - model.intercept(0);
    double byW = w;
    double byB = 0;
    for (int i = 0; i < x.length; i++) {
      final double error = 1 / (1 + Math.exp(-w * x[i] - b)) - y[i];
      byW += error * x[i];
      byB += error;
    }
    assertEquals(0, byW, 1e-6);
    assertEquals(0, byB, 1e-6);
    assertTrue(Math.abs(w) > 0.1);
  }

  /// A factor that the test part shows one value of has no curve there.
  @Test
  void aFactorThatCannotBeJudgedIsLeftOut() {
    final var train = Worlds.drawn(SIZES, Use.TRAINING, 200, Worlds.IDENTITY);
    final var test = Worlds.drawn(SIZES, Use.TEST, 100, Worlds.IDENTITY);
    final int[][] still = Arrays.stream(test.factors()).map(int[]::clone).toArray(int[][]::new);
    for (final int[] row : still) {
      row[1] = 2;
    }
    final var score = Explicitness.of(train, Worlds.of(still, Worlds.IDENTITY), BOOTSTRAP).score();
    assertTrue(score.estimate() > 0.97 && score.estimate() <= 1, score::toString);
    assertTrue(score.bounded(), score::toString);
  }

  /// Two codes of one factor each and one of none, of 400 inputs: by counts the third tells a
  /// little of both, and has a modularity of its own that changes from sample to sample.
  @Test
  void intervalsCoverWithACodeThatTellsNothing() {
    final int runs = 100;
    final var scores = new ArrayList<Interval>();
    for (int run = 0; run < runs; run++) {
      final var random = new PhiloxRandom(9, Streams.METRIC, 0, run);
      final double[][] codes = new double[400][];
      final int[][] factors = new int[400][];
      for (int i = 0; i < codes.length; i++) {
        factors[i] = new int[] {random.nextInt(3), random.nextInt(8)};
        codes[i] =
            new double[] {
              factors[i][0] + random.nextDouble(),
              factors[i][1] + 4 * random.nextDouble(),
              random.nextDouble()
            };
      }
      scores.add(
          CodeModularity.of(
                  new Samples(Matrix.ofRows(codes), factors),
                  GroupJackknife.standard(run),
                  new Bootstrap(1, 0.95, run))
              .score());
    }
    final double mean = scores.stream().mapToDouble(Interval::estimate).average().orElseThrow();
    final long covered = scores.stream().filter(i -> i.contains(mean)).count();
    assertTrue(covered >= 90, () -> "covered " + covered + ", mean " + mean);
  }
}
