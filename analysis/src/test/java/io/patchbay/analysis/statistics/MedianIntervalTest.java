package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MedianIntervalTest {
  private static double[] numbers(final int count) {
    return IntStream.rangeClosed(1, count).mapToDouble(i -> count + 1 - i).toArray();
  }

  /// The table of the sign test: 2 * 0.0107 of 10 coins show at most one head, 2 * 0.0207 of 20 at
  /// most five; of 1500 the normal approximation leaves 711 to either side.
  @Test
  void ranksAreThoseOfTheTable() {
    assertEquals(new Interval(3.5, 1, 6, 6), MedianInterval.of(numbers(6)));
    assertEquals(new Interval(5.5, 2, 9, 10), MedianInterval.of(numbers(10)));
    assertEquals(new Interval(10.5, 6, 15, 20), MedianInterval.of(numbers(20)));
    assertEquals(new Interval(4, 1, 7, 7), MedianInterval.of(numbers(7)));
    final var many = MedianInterval.of(numbers(1500));
    assertEquals(750.5 - 1.96 * Math.sqrt(375), many.low(), 1.5);
    assertEquals(1501, many.low() + many.high());
  }

  @Test
  void fewHaveNone() {
    assertEquals(Interval.unbounded(3, 5), MedianInterval.of(numbers(5)));
    assertFalse(MedianInterval.of(new double[] {2}).bounded());
    assertThrows(IllegalArgumentException.class, () -> MedianInterval.of(new double[0]));
    assertThrows(
        IllegalArgumentException.class, () -> MedianInterval.of(new double[] {1, Double.NaN}));
  }

  @Test
  void coversAtLeastAsOftenAsItSays() {
    final var random = new Random(6);
    int covered = 0;
    for (int run = 0; run < 1000; run++) {
      final double[] values =
          IntStream.range(0, 15).mapToDouble(_ -> Math.exp(2 * random.nextGaussian())).toArray();
      covered += MedianInterval.of(values).contains(1) ? 1 : 0;
    }
    final int count = covered;
    assertTrue(count >= 940, () -> "covered " + count);
  }
}
