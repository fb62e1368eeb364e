package io.patchbay.analysis.statistics;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;

/// The random choices of this package, each keyed by (seed, use, draw): resamples, orders, signs.
final class Resampling {
  private final long seed;

  Resampling(long seed) {
    this.seed = seed;
  }

  /// How often each of `counts.length` inputs occurs in a resample of that size.
  void counts(int draw, int[] counts) {
    PhiloxRandom random = new PhiloxRandom(seed, Streams.BOOTSTRAP, 0, draw);
    Arrays.fill(counts, 0);
    for (int i = 0; i < counts.length; i++) {
      counts[random.nextInt(counts.length)]++;
    }
  }

  /// Independent random orders of the numbers below `width`, one after the other.
  void orders(int draw, int width, int[] orders) {
    PhiloxRandom random = new PhiloxRandom(seed, Streams.LABELS, 0, draw);
    for (int start = 0; start < orders.length; start += width) {
      for (int i = 0; i < width; i++) {
        int j = random.nextInt(i + 1);
        orders[start + i] = orders[start + j];
        orders[start + j] = i;
      }
    }
  }

  /// Independent fair signs, one per bit.
  void signs(int draw, int[] bits) {
    PhiloxRandom random = new PhiloxRandom(seed, Streams.SIGNS, 0, draw);
    for (int i = 0; i < bits.length; i++) {
      bits[i] = random.nextInt();
    }
  }

  /// The order in which observations are dealt to the parts of a split.
  static int[] splitOrder(int count, long seed) {
    return new PhiloxRandom(seed, Streams.SPLIT, 0, 0).permutation(count);
  }
}
