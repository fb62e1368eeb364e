package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.GradientBoosting.Settings;
import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DciTest {
  private static final Settings QUICK = new Settings(20, 3, 0.3);
  private static final int[] WIDTHS = {3, 4, 5};

  private static int[][] factors(final int draw, final int count) {
    final var random = new PhiloxRandom(11, Streams.METRIC, 0, draw);
    final int[][] factors = new int[count][WIDTHS.length];
    for (final int[] row : factors) {
      for (int k = 0; k < row.length; k++) {
        row[k] = random.nextInt(WIDTHS[k]);
      }
    }
    return factors;
  }

  private static Dci dci(final Function<int[], double[]> code) {
    final int[][] train = factors(0, 600);
    final int[][] test = factors(1, 300);
    return Dci.of(samples(train, code), samples(test, code), QUICK);
  }

  private static Samples samples(final int[][] factors, final Function<int[], double[]> code) {
    final double[][] codes = new double[factors.length][];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = code.apply(factors[i]);
    }
    return new Samples(Matrix.ofRows(codes), factors);
  }

  @Test
  void theFactorsThemselvesScoreOne() {
    final var dci = dci(v -> new double[] {v[0], v[1], v[2]});
    assertTrue(dci.disentanglementScore() > 0.99, () -> "D=" + dci.disentanglementScore());
    assertTrue(dci.completenessScore() > 0.99, () -> "C=" + dci.completenessScore());
    assertEquals(1, dci.trainAccuracy());
    assertEquals(1, dci.testAccuracy());
  }

  @Test
  void codesThatSayNothingScoreZero() {
    final var dci = dci(_ -> new double[3]);
    assertEquals(0, dci.disentanglementScore(), 1e-12);
    assertEquals(0, dci.completenessScore(), 1e-12);
    assertTrue(dci.testAccuracy() < 0.5);
  }

  /// Each factor told by two codes: codes stay pure, factors are no longer told by one alone.
  @Test
  void aRepeatedCodeKeepsDisentanglement() {
    final var dci = dci(v -> new double[] {v[0], v[1], v[2], -v[0], -v[1], -v[2]});
    assertTrue(dci.disentanglementScore() > 0.99, () -> "D=" + dci.disentanglementScore());
    assertEquals(1, dci.testAccuracy());
  }

  @Test
  void aMixtureScoresLess() {
    final var dci =
        dci(v -> new double[] {v[0] + 0.9 * v[1], v[1] - 0.8 * v[0] + 0.7 * v[2], v[2] + v[0]});
    assertTrue(dci.disentanglementScore() < 0.8, () -> "D=" + dci.disentanglementScore());
  }

  @Test
  void anOrderOfTheCodesChangesNothing() {
    final var one = dci(v -> new double[] {v[0] + 0.3 * v[1], v[1], v[2]});
    final var two = dci(v -> new double[] {v[2], v[0] + 0.3 * v[1], v[1]});
    assertEquals(one.disentanglementScore(), two.disentanglementScore(), 1e-9);
    assertEquals(one.completenessScore(), two.completenessScore(), 1e-9);
    assertEquals(one.testAccuracy(), two.testAccuracy());
  }

  /// R = [1 0; 1 0; 0 1] / column sums: codes tell one factor each; the first factor is told by two
  /// codes of three, so its completeness is 1 - ln 2 / ln 3.
  @Test
  void knownImportancesScoreAsByHand() {
    final var dci =
        Dci.scored(
            new double[][] {{0.5, 0}, {0.5, 0}, {0, 1}}, new double[0], new double[0], List.of());
    assertEquals(1, dci.disentanglementScore(), 1e-8);
    assertEquals(1 - Math.log(2) / Math.log(3), dci.completeness()[0], 1e-8);
    assertEquals((1 - Math.log(2) / Math.log(3)) / 2 + 0.5, dci.completenessScore(), 1e-8);
  }

  @Test
  void aFactorOfOneClassIsLeftOut() {
    final int[][] factors = factors(2, 200);
    for (final int[] row : factors) {
      row[1] = 9;
    }
    final var samples = samples(factors, v -> new double[] {v[0], v[2]});
    final var dci = Dci.of(samples, samples, QUICK);
    assertEquals(List.of(1), dci.leftOut());
    assertEquals(2, dci.completeness().length);
    assertThrows(
        IllegalArgumentException.class,
        () -> Dci.of(samples, samples(factors, v -> new double[] {v[0], v[2], v[1]}), QUICK));
  }

  /// Without each of three groups the trees are those of the rest.
  @Test
  void intervalsAreFromTreesGrownAnew() {
    final int[][] factors = factors(3, 150);
    final Function<int[], double[]> mixed =
        v -> new double[] {v[0] + 0.9 * v[1], v[1] - 0.8 * v[0] + 0.7 * v[2], v[2] + v[0]};
    final var train = samples(factors, mixed);
    final var dci = Dci.of(train, train, QUICK);
    final var jackknife = new GroupJackknife(3, 0.95, 8);
    final int[] groups = jackknife.groupOf(150);
    final double[] without = new double[3];
    for (int g = 0; g < 3; g++) {
      final int left = g;
      final var part =
          train.select(IntStream.range(0, 150).filter(i -> groups[i] != left).toArray());
      without[g] = Dci.of(part, part, QUICK).completenessScore();
    }
    final var intervals = dci.intervals(train, QUICK, jackknife);
    assertEquals(jackknife.interval(150, dci.completenessScore(), without, 0, 1), intervals.get(1));
    assertTrue(intervals.get(0).contains(dci.disentanglementScore()), intervals::toString);
    assertTrue(intervals.get(0).low() < intervals.get(0).high(), intervals::toString);
    assertEquals(150, intervals.get(0).n());
    final var sure = samples(factors, v -> new double[] {v[0], v[1], v[2]});
    final var pure = Dci.of(sure, sure, QUICK).intervals(sure, QUICK, jackknife);
    assertTrue(pure.get(0).low() > 0.99, pure::toString);
  }

  @Test
  void aClassThatOneGroupHasAloneLeavesNoInterval() {
    final int[][] factors = factors(4, 120);
    for (int i = 0; i < factors.length; i++) {
      factors[i][0] = i == 7 ? 1 : 0;
    }
    final var samples = samples(factors, v -> new double[] {v[0], v[1], v[2]});
    final var intervals =
        Dci.of(samples, samples, QUICK).intervals(samples, QUICK, new GroupJackknife(3, 0.95, 8));
    intervals.forEach(interval -> assertFalse(interval.bounded(), intervals::toString));
  }
}
