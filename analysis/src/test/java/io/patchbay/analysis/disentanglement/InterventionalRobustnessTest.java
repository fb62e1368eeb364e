package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.GroupJackknife;
import io.patchbay.analysis.statistics.Matrix;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class InterventionalRobustnessTest {
  private static final int[] SIZES = {4, 3, 5};
  private static final GroupJackknife JACKKNIFE = GroupJackknife.standard(4);

  private static InterventionalRobustness irs(final Function<int[], double[]> code) {
    return InterventionalRobustness.of(Worlds.grid(SIZES, 1, code), Mode.CORRECTED, JACKKNIFE);
  }

  @Test
  void codesOfOneFactorAreRobust() {
    assertEquals(1, irs(Worlds.IDENTITY).score().estimate(), 1e-12);
    assertArrayEquals(new int[] {0, 1, 2}, irs(Worlds.IDENTITY).parents());
    assertArrayEquals(new int[] {1, 2, 0}, irs(Worlds.PERMUTED).parents());
    assertEquals(1, irs(Worlds.DUPLICATED).score().estimate(), 1e-12);
    assertTrue(irs(Worlds.ROTATED).score().estimate() < 0.8);
  }

  @Test
  void constantCodesAreLeftOut() {
    final var some = irs(v -> new double[] {v[0], 7, v[1]});
    assertEquals(2, some.activeCodes());
    assertEquals(1, some.score().estimate(), 1e-12);
    final var none = irs(Worlds.ZERO);
    assertEquals(0, none.score().estimate());
    assertEquals(0, none.activeCodes());
  }

  /// v0 + v1 of two signs: with v0 = 1 it is 0 or 2, 1 from its mean; 2 at most from 0.
  @Test
  void aSumByHand() {
    final var sum =
        InterventionalRobustness.of(
            Worlds.grid(new int[] {2, 2}, 1, v -> new double[] {2 * v[0] + 2 * v[1] - 2}),
            Mode.CORRECTED,
            JACKKNIFE);
    assertArrayEquals(new double[][] {{0.5, 0.5}}, sum.robustness());
    assertEquals(0.5, sum.score().estimate(), 1e-12);
  }

  /// 0 0 0 0 10 deviate 2 2 2 2 8 from their mean: the percentile is 2 + 0.96 * 6. The other group
  /// does not deviate. Overall the mean is 3, and 10 is 7 from it.
  @Test
  void thePercentileByHand() {
    final double[] code = {0, 0, 0, 0, 10, 4, 4, 4, 4, 4};
    final int[][] factors = new int[10][1];
    for (int i = 5; i < 10; i++) {
      factors[i][0] = 30;
    }
    final var samples = new Samples(Matrix.ofColumn(code), factors);
    final var irs = InterventionalRobustness.of(samples, Mode.CORRECTED, JACKKNIFE);
    assertEquals(1 - (2 + 0.96 * 6) / 2 / 7, irs.score().estimate(), 1e-12);
    assertEquals(1, irs.activeCodes());
    final var published = InterventionalRobustness.of(samples, Mode.AS_PUBLISHED, JACKKNIFE);
    assertEquals(30, published.activeCodes());
    assertEquals(irs.score().estimate(), published.score().estimate());
  }

  @Test
  void theScaleOfAllCodesDoesNotMatter() {
    final Function<int[], double[]> mixed = v -> new double[] {v[0] + 0.4 * v[1], v[2]};
    final Function<int[], double[]> larger =
        v -> new double[] {-8 * (v[0] + 0.4 * v[1]), -8.0 * v[2]};
    assertEquals(irs(mixed).score().estimate(), irs(larger).score().estimate(), 1e-12);
    assertEquals(irs(mixed).perCode()[0], irs(Worlds.scaled(mixed, 0, 8)).perCode()[0], 1e-12);
  }
}
