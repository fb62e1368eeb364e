package io.patchbay.analysis.sweep.route;

import java.util.List;
import java.util.stream.IntStream;

/// Some of a list that stand for all of it.
public final class UnitSpread {
  private static final double GOLDEN = 0.6180339887498949;

  private UnitSpread() {}

  /// At most `most` of them in their order, spread over all: not at equal distances, which would
  /// meet the same column of a grid again and again.
  public static <T> List<T> of(final List<T> all, final int most) {
    final int size = all.size();
    if (most >= size) {
      return all;
    }
    long step = Math.max(1, Math.round(GOLDEN * size));
    while (common(step, size) != 1) {
      step++;
    }
    final long each = step;
    return IntStream.range(0, most)
        .map(i -> (int) (i * each % size))
        .sorted()
        .mapToObj(all::get)
        .toList();
  }

  /// The greatest common divisor.
  private static long common(final long a, final long b) {
    return b == 0 ? a : common(b, a % b);
  }
}
