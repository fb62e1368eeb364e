package io.patchbay.vae.data;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;

/// A seeded division of a data set's rows into rows to train on and rows held out.
public record Split(RowSet train, RowSet heldOut) {
  /// Holds out `heldOut` of `size` rows, drawn without replacement. The same seed and size give the
  /// same held-out rows, and a larger number holds out the smaller one's rows too.
  ///
  /// @param size number of rows, below 2^31
  /// @param heldOut at least 1 and less than `size`
  public static Split of(long size, long heldOut, long seed) {
    if (size > Integer.MAX_VALUE || heldOut < 1 || heldOut >= size) {
      throw new IllegalArgumentException("split: size=" + size + ", heldOut=" + heldOut);
    }
    final int[] order = new PhiloxRandom(seed, Streams.SPLIT, 0, 0).permutation((int) size);
    final int[] held = Arrays.copyOf(order, (int) heldOut);
    final int[] rest = Arrays.copyOfRange(order, (int) heldOut, (int) size);
    // In the data set's order, so that reading them all runs through the file once.
    Arrays.sort(held);
    Arrays.sort(rest);
    return new Split(RowSet.of(rest), RowSet.of(held));
  }
}
