package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TIntervalTest {
  /// Quantiles as printed in tables of the t distribution.
  @Test
  void quantilesOfTheTables() {
    assertEquals(12.7062, TInterval.quantile(0.975, 1), 5e-5);
    assertEquals(4.3027, TInterval.quantile(0.975, 2), 5e-5);
    assertEquals(3.1824, TInterval.quantile(0.975, 3), 5e-5);
    assertEquals(2.7764, TInterval.quantile(0.975, 4), 5e-5);
    assertEquals(2.2622, TInterval.quantile(0.975, 9), 5e-5);
    assertEquals(2.7500, TInterval.quantile(0.995, 30), 5e-5);
    assertEquals(1.6449, TInterval.quantile(0.95, 100_001), 5e-5);
    assertEquals(0, TInterval.quantile(0.5, 7), 1e-12);
  }

  @Test
  void fiveSeedsByHand() {
    // mean 3, variance 2.5, half width 2.7764 * sqrt(2.5 / 5)
    Interval interval = TInterval.of(new double[] {1, 2, 3, 4, 5});
    assertEquals(3, interval.estimate(), 1e-15);
    assertEquals(2.7764451 * Math.sqrt(0.5), interval.high() - 3, 1e-6);
    assertEquals(2.7764451 * Math.sqrt(0.5), 3 - interval.low(), 1e-6);
    assertEquals(5, interval.n());
  }

  @Test
  void coversAsOftenAsItSaysForFewSeeds() {
    Random random = new Random(12);
    int covered = 0;
    for (int run = 0; run < 2000; run++) {
      double[] seeds = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
      covered += TInterval.of(seeds).contains(0) ? 1 : 0;
    }
    assertEquals(0.95, covered / 2000.0, 0.015);
  }

  @Test
  void oneSeedHasNoBoundsAndNoneIsRefused() {
    assertFalse(TInterval.of(new double[] {2}).bounded());
    assertTrue(TInterval.of(new double[] {2, 2}).bounded());
    assertThrows(IllegalArgumentException.class, () -> TInterval.of(new double[0]));
    assertThrows(IllegalArgumentException.class, () -> TInterval.of(new double[] {1, Double.NaN}));
    assertThrows(IllegalArgumentException.class, () -> TInterval.of(new double[] {1, 2}, 1));
  }
}
