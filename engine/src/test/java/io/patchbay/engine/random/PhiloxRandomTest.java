package io.patchbay.engine.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PhiloxRandomTest {
  @Test
  void wordsAreTheBlocksOfTheKeyInOrder() {
    final PhiloxRandom random = new PhiloxRandom(9L << 40 | 3, Streams.BATCH, 1L << 40 | 11, -2);
    final int[] words = new int[Philox.WORDS];
    for (int block = 0; block < 5; block++) {
      Philox.block(9L << 40 | 3, Streams.BATCH, 1L << 40 | 11, -2, block, words);
      for (final int word : words) {
        assertEquals(word, random.nextInt());
      }
    }
  }

  @Test
  void keysThatDifferAnywhereGiveOtherSequences() {
    final Set<Integer> first = new HashSet<>();
    first.add(new PhiloxRandom(1, 1, 1, 1).nextInt());
    first.add(new PhiloxRandom(1L << 32 | 1, 1, 1, 1).nextInt());
    first.add(new PhiloxRandom(2, 1, 1, 1).nextInt());
    first.add(new PhiloxRandom(1, 2, 1, 1).nextInt());
    first.add(new PhiloxRandom(1, 1, 2, 1).nextInt());
    first.add(new PhiloxRandom(1, 1, 1L << 32 | 1, 1).nextInt());
    first.add(new PhiloxRandom(1, 1, 1, 2).nextInt());
    assertEquals(7, first.size());
  }

  @Test
  void boundedNumbersAreUniform() {
    for (final int bound : new int[] {1, 2, 3, 7, 10, 64, 1000}) {
      final PhiloxRandom random = new PhiloxRandom(5, Streams.SHUFFLE, bound, 0);
      final int draws = 200 * bound;
      final int[] counts = new int[bound];
      for (int i = 0; i < draws; i++) {
        counts[random.nextInt(bound)]++;
      }
      double chi2 = 0;
      for (final int count : counts) {
        chi2 += (count - 200.0) * (count - 200.0) / 200.0;
      }
      final double freedom = bound - 1;
      assertTrue(
          Math.abs(chi2 - freedom) <= 4 * Math.sqrt(2 * freedom), "bound=" + bound + ": " + chi2);
    }
  }

  @Test
  void hugeBoundsHaveNoModuloBias() {
    // With the remainder of 32 bits, 0 to 2^30 - 1 would come up 1.5 times too often.
    final int bound = 3 << 29;
    final PhiloxRandom random = new PhiloxRandom(6, Streams.SHUFFLE, 0, 0);
    final int draws = 30_000;
    int low = 0;
    for (int i = 0; i < draws; i++) {
      final int value = random.nextInt(bound);
      assertTrue(value >= 0 && value < bound);
      low += value < 1 << 30 ? 1 : 0;
    }
    assertEquals(2.0 / 3, low / (double) draws, 4 * Math.sqrt(2.0 / 9 / draws));
  }

  @Test
  void uniformsFillTheirRange() {
    final PhiloxRandom random = new PhiloxRandom(7, Streams.FACTORS, 3, 1);
    final int draws = 100_000;
    double sum = 0;
    double squares = 0;
    int heads = 0;
    float largest = 0;
    for (int i = 0; i < draws; i++) {
      final float f = random.nextFloat();
      final double d = random.nextDouble();
      assertTrue(f >= 0 && f < 1 && d >= 0 && d < 1);
      largest = Math.max(largest, f);
      sum += f + d;
      squares += (double) f * f + d * d;
      heads += random.nextBoolean() ? 1 : 0;
    }
    final double sd = Math.sqrt(1.0 / 12 / (2 * draws));
    assertEquals(0.5, sum / (2 * draws), 4 * sd);
    assertEquals(1.0 / 3, squares / (2 * draws), 4 * Math.sqrt(4.0 / 45 / (2 * draws)));
    assertEquals(0.5, heads / (double) draws, 4 * 0.5 / Math.sqrt(draws));
    assertTrue(largest > 0.9998f);
    assertEquals(0f, Philox.uniform(0));
    assertEquals(1 - 0x1p-24f, Philox.uniform(-1));
  }

  @Test
  void permutationsAreUniform() {
    final int[] counts = new int[256];
    final PhiloxRandom random = new PhiloxRandom(8, Streams.PERMUTE, 0, 0);
    final int draws = 24_000;
    for (int i = 0; i < draws; i++) {
      final int[] order = random.permutation(4);
      final int[] sorted = order.clone();
      Arrays.sort(sorted);
      assertArrayEquals(new int[] {0, 1, 2, 3}, sorted);
      counts[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
    }
    int kinds = 0;
    double chi2 = 0;
    for (final int count : counts) {
      if (count > 0) {
        kinds++;
        chi2 += (count - 1000.0) * (count - 1000.0) / 1000.0;
      }
    }
    assertEquals(24, kinds);
    assertTrue(chi2 < 50, "chi2=" + chi2); // 23 degrees of freedom: 50 is the 99.9 % point
    assertEquals(0, random.permutation(0).length);
  }

  @Test
  void choicesAreDistinctAndCoverEverything() {
    final PhiloxRandom random = new PhiloxRandom(9, Streams.AUDIT, 0, 0);
    final int[] counts = new int[10];
    for (int i = 0; i < 5000; i++) {
      final int[] chosen = random.choose(3, 10);
      assertEquals(3, Arrays.stream(chosen).distinct().count());
      for (final int value : chosen) {
        counts[value]++;
      }
    }
    for (final int count : counts) {
      assertEquals(1500, count, 4 * Math.sqrt(5000 * 0.3 * 0.7));
    }
    assertEquals(10, Arrays.stream(random.choose(10, 10)).distinct().count());
    assertThrows(IllegalArgumentException.class, () -> random.choose(4, 3));
    assertThrows(IllegalArgumentException.class, () -> random.nextInt(0));
  }

  @Test
  void sameKeySameOrder() {
    assertArrayEquals(
        new PhiloxRandom(3, Streams.SHUFFLE, 4, 5).permutation(1000),
        new PhiloxRandom(3, Streams.SHUFFLE, 4, 5).permutation(1000));
    assertNotEquals(
        Arrays.hashCode(new PhiloxRandom(3, Streams.SHUFFLE, 4, 5).permutation(1000)),
        Arrays.hashCode(new PhiloxRandom(3, Streams.SHUFFLE, 4, 6).permutation(1000)));
  }
}
