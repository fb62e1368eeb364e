package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.statistics.Bootstrap;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// The scores of batches with a common factor.
class BatchScoresTest {
  private static final int[] SIZES = {5, 5, 5};
  private static final BatchCounts COUNTS = new BatchCounts(900, 600, 32);
  private static final Bootstrap BOOTSTRAP = new Bootstrap(200, 0.95, 3);

  private static BetaVaeScore beta(final int[] sizes, final Function<int[], double[]> code) {
    return BetaVaeScore.of(Worlds.codes(sizes, code), COUNTS, 7, BOOTSTRAP);
  }

  private static FactorVaeScore factor(final Function<int[], double[]> code, final Mode mode) {
    return FactorVaeScore.of(Worlds.codes(SIZES, code), COUNTS, 1000, mode, 7, BOOTSTRAP);
  }

  private static double factor(final Function<int[], double[]> code) {
    return factor(code, Mode.CORRECTED).accuracy().estimate();
  }

  @Test
  void theFactorsThemselvesAreTold() {
    final var beta = beta(SIZES, Worlds.IDENTITY);
    assertTrue(beta.accuracy().estimate() > 0.99, beta::toString);
    assertTrue(beta.training().estimate() > 0.99 && beta.converged(), beta::toString);
    assertEquals(600, beta.accuracy().n());
    assertEquals(1, factor(Worlds.IDENTITY));
    assertEquals(1, factor(Worlds.IDENTITY, Mode.CORRECTED).training().estimate());
  }

  @Test
  void codesThatSayNothingAreAtChance() {
    final var beta = beta(SIZES, Worlds.ZERO);
    assertEquals(1 / 3.0, beta.accuracy().estimate(), 0.06);
    assertTrue(beta.accuracy().bounded() && beta.accuracy().low() < 1 / 3.0 + 0.06);
    final var factor = factor(Worlds.ZERO, Mode.AS_PUBLISHED);
    assertEquals(0, factor.accuracy().estimate());
    assertEquals(0, factor.activeCodes());
  }

  /// In a plane turned by 45 degrees, holding either factor leaves the same of both codes: they
  /// cannot be told apart, and the third can: (1/2 + 1/2 + 1) / 3.
  @Test
  void aRotationOfTwoFactorsLeavesTheThird() {
    assertEquals(2 / 3.0, beta(SIZES, Worlds.ROTATED).accuracy().estimate(), 0.06);
    assertEquals(2 / 3.0, factor(Worlds.ROTATED), 0.06);
  }

  @Test
  void anOrderOrACopyOfTheCodesChangesNothing() {
    final Function<int[], double[]> mixed = v -> new double[] {v[0] + 0.4 * v[1], v[1], v[2]};
    final Function<int[], double[]> turned = v -> new double[] {v[2], v[0] + 0.4 * v[1], v[1]};
    assertEquals(
        beta(SIZES, mixed).accuracy().estimate(),
        beta(SIZES, turned).accuracy().estimate(),
        2.0 / COUNTS.judged());
    assertEquals(factor(mixed), factor(turned));
    assertTrue(beta(SIZES, Worlds.DUPLICATED).accuracy().estimate() > 0.99);
    assertEquals(1, factor(Worlds.DUPLICATED));
  }

  @Test
  void theScaleOfACodeDoesNotChangeWhoVotes() {
    final Function<int[], double[]> mixed = v -> new double[] {v[0] + 2.5 * v[1], v[1], v[2]};
    final double plain = factor(mixed);
    assertTrue(plain < 1 && plain > 0.5, () -> "score=" + plain);
    assertEquals(plain, factor(Worlds.scaled(mixed, 0, 4)));
  }

  @Test
  void quietCodesDoNotVote() {
    final Function<int[], double[]> quiet = v -> new double[] {v[0], 1e-3 * v[1], v[1], v[2], 0};
    final var corrected = factor(quiet, Mode.CORRECTED);
    assertEquals(1, corrected.accuracy().estimate());
    assertEquals(3, corrected.activeCodes());
    final var published = factor(quiet, Mode.AS_PUBLISHED);
    assertEquals(5, published.activeCodes());
    assertEquals(corrected.accuracy(), published.accuracy());
  }

  @Test
  void aFactorOfOneValueIsNeverAsked() {
    final int[] sizes = {5, 1, 5};
    final var beta = beta(sizes, Worlds.IDENTITY);
    assertTrue(beta.accuracy().estimate() > 0.99, beta::toString);
    assertThrows(IllegalArgumentException.class, () -> beta(new int[] {5, 1, 1}, Worlds.IDENTITY));
  }

  @Test
  void aSmallerSampleIsTheBeginningOfALargerOne() {
    final var draws = new FactorDraws(new int[] {3, 40}, 9);
    final int[][] large = draws.factors(Use.VOTES, 50);
    assertArrayEquals(Arrays.copyOf(large, 20), draws.factors(Use.VOTES, 20));
    assertFalse(Arrays.deepEquals(large, draws.factors(Use.PAIRS, 50)));
    assertFalse(
        Arrays.deepEquals(large, new FactorDraws(new int[] {3, 40}, 10).factors(Use.VOTES, 50)));
    for (final long row : FactorDraws.rows(7, Use.TEST, 1, 500)) {
      assertTrue(row >= 0 && row < 7);
    }
    assertEquals(7, Arrays.stream(FactorDraws.rows(7, Use.TEST, 1, 500)).distinct().count());
  }
}
