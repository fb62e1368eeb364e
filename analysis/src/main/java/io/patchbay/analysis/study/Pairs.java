package io.patchbay.analysis.study;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;

/// Base inputs and sources to take activations from.
///
/// @param bases rows of the data set
/// @param sources rows of the data set, one per base
public record Pairs(long[] bases, long[] sources) {
  public int size() {
    return bases.length;
  }

  /// Pairs that differ in one factor only, which takes another value drawn at random.
  ///
  /// @param factor its index, or -1 for a factor drawn anew for each pair
  public static Pairs differingIn(final Scene scene, final int factor, final int count) {
    final var data = scene.data();
    if (data.factors().isEmpty()) {
      throw new BadInputException(
          data.name(), "factors", "a data set without factors", "--random-pairs");
    }
    final var bases = scene.rows(count);
    final var sources = new long[count];
    for (int i = 0; i < count; i++) {
      sources[i] =
          other(data, bases[i], factor, new PhiloxRandom(scene.seed(), Streams.BATCH, i, 1));
    }
    return new Pairs(bases, sources);
  }

  /// Pairs of two inputs drawn independently.
  public static Pairs random(final Scene scene, final int count) {
    final var rows = scene.rows(2 * count);
    final var bases = new long[count];
    final var sources = new long[count];
    for (int i = 0; i < count; i++) {
      bases[i] = rows[2 * i];
      sources[i] = rows[2 * i + 1];
    }
    return new Pairs(bases, sources);
  }

  private static long other(
      final FactorDataset data, final long row, final int factor, final PhiloxRandom random) {
    final var at = data.factorsOf(row);
    int k = factor;
    while (k < 0) {
      final int drawn = random.nextInt(at.length);
      k = data.factors().get(drawn).size() > 1 ? drawn : -1;
    }
    final int size = data.factors().get(k).size();
    if (size < 2) {
      throw new BadInputException(
          data.name(), data.factors().get(k).name(), "a factor of one value", "one that varies");
    }
    at[k] = (at[k] + 1 + random.nextInt(size - 1)) % size;
    return data.rowOf(at);
  }
}
