package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupJackknifeTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  private static Interval variance(final GroupJackknife jackknife, final double[] values) {
    return jackknife
        .intervals(
            values.length,
            new double[] {variance(values)},
            0,
            INFINITE,
            rows ->
                new double[] {variance(Arrays.stream(rows).mapToDouble(i -> values[i]).toArray())})
        .getFirst();
  }

  private static double variance(final double[] values) {
    final var summary = new Summary();
    for (final double value : values) {
      summary.add(value);
    }
    return summary.variance();
  }

  /// A figure that is no mean, of uniform numbers.
  @Test
  void coversAsOftenAsItSays() {
    final var random = new Random(41);
    int covered = 0;
    final int runs = 1000;
    for (int run = 0; run < runs; run++) {
      final double[] values = random.doubles(150).toArray();
      covered += variance(GroupJackknife.standard(run), values).contains(1 / 12.0) ? 1 : 0;
    }
    final double share = covered / (double) runs;
    assertTrue(share >= 0.92 && share <= 0.98, "coverage " + share);
  }

  /// Of a mean without each group the variance is that of the groups' means, over their number.
  @Test
  void ofAMeanItIsStudentsOfTheGroups() {
    final double[] values = new Random(2).doubles(40).toArray();
    final var jackknife = GroupJackknife.standard(3);
    final int[] group = jackknife.groupOf(40);
    final double[] means = new double[10];
    for (int i = 0; i < values.length; i++) {
      means[group[i]] += values[i] / 4;
    }
    final var expected = TInterval.of(means);
    final var interval =
        jackknife
            .intervals(
                40,
                new double[] {Arrays.stream(values).average().orElseThrow()},
                -INFINITE,
                INFINITE,
                rows ->
                    new double[] {
                      Arrays.stream(rows).mapToDouble(i -> values[i]).average().orElseThrow()
                    })
            .getFirst();
    assertEquals(expected.estimate(), interval.estimate(), 1e-12);
    assertEquals(expected.low(), interval.low(), 1e-12);
    assertEquals(expected.high(), interval.high(), 1e-12);
    assertEquals(40, interval.n());
  }

  @Test
  void groupsAreEvenAndTheSeeds() {
    final var jackknife = new GroupJackknife(7, 0.95, 5);
    final int[] sizes = new int[7];
    for (final int group : jackknife.groupOf(100)) {
      sizes[group]++;
    }
    Arrays.sort(sizes);
    assertArrayEquals(new int[] {14, 14, 14, 14, 14, 15, 15}, sizes);
    assertArrayEquals(jackknife.groupOf(100), new GroupJackknife(7, 0.9, 5).groupOf(100));
    assertFalse(Arrays.equals(jackknife.groupOf(100), new GroupJackknife(7, 0.9, 6).groupOf(100)));
  }

  @Test
  void whatCannotBeToldIsUnbounded() {
    final var jackknife = new GroupJackknife(3, 0.95, 1);
    final double[] without = {0.4, 0.5, 0.6};
    assertTrue(jackknife.interval(9, 0.5, without, 0, 1).bounded());
    assertFalse(jackknife.interval(2, 0.5, without, 0, 1).bounded());
    final double[] undefined = {0.4, Double.NaN, 0.6};
    assertEquals(Interval.unbounded(0.5, 9), jackknife.interval(9, 0.5, undefined, 0, 1));
    assertEquals(0, jackknife.interval(9, 0.4, without, 0, 1).low(), "held inside");
    assertEquals(1, jackknife.interval(9, 0.6, without, 0, 1).high(), "held inside");
    assertThrows(
        IllegalArgumentException.class, () -> jackknife.interval(9, 0.5, new double[2], 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new GroupJackknife(1, 0.95, 0));
    assertThrows(IllegalArgumentException.class, () -> new GroupJackknife(3, 1, 0));
  }
}
