package io.patchbay.analysis.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/// How many there are at most.
class CountBoundTest {
  private static double chance(
      final int population, final int having, final int sample, final int x) {
    return choose(having, x).multiply(choose(population - having, sample - x)).doubleValue()
        / choose(population, sample).doubleValue();
  }

  private static BigInteger choose(final int n, final int k) {
    BigInteger product = k < 0 || k > n ? BigInteger.ZERO : BigInteger.ONE;
    for (int i = 0; i < k; i++) {
      product = product.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1));
    }
    return product;
  }

  /// Whatever the truth, the chance that a sample's bound is under it is at most the error, summed
  /// over all samples; and for some truth it is nearly that.
  @Test
  void itIsTooSmallNoMoreOftenThanStated() {
    double worst = 0;
    for (int having = 0; having <= 60; having++) {
      double under = 0;
      for (int x = 0; x <= 12; x++) {
        final double chance = chance(60, having, 12, x);
        if (chance > 0 && CountBound.of(60, 12, x, 0.05) < having) {
          under += chance;
        }
      }
      worst = Math.max(worst, under);
    }
    assertTrue(worst <= 0.05 && worst > 0.04, "worst=" + worst);
  }

  @Test
  void theEndsAreExact() {
    assertEquals(3, CountBound.of(40, 40, 3, 0.05));
    assertEquals(40, CountBound.of(40, 10, 10, 0.05));
    assertEquals(40, CountBound.of(40, 0, 0, 0.05));
    // None of 59 of many: 5 %, the rule of three.
    assertEquals(5e-2, CountBound.of(1_000_000, 59, 0, 0.05) / 1e6, 2e-3);
    assertThrows(IllegalArgumentException.class, () -> CountBound.of(10, 5, 6, 0.05));
  }
}
