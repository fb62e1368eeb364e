package io.patchbay.analysis.estimate;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;
import java.util.stream.IntStream;

/// The inputs of an estimate in the order in which it takes them, and how many by each round: twice
/// as many as by the one before, so that what is looked at once too often is half the work at most.
///
/// @param order all inputs, once each
/// @param first inputs of the first round
@SuppressWarnings("ArrayRecordComponent") // nobody changes it
record Rounds(int[] order, int first) {
  /// An order of the seed's.
  static Rounds of(final int inputs, final int first, final long seed) {
    final var random = new PhiloxRandom(seed, Streams.ESTIMATE, 0, 0);
    return new Rounds(random.permutation(inputs), first);
  }

  /// Inputs known after a round in which `known` were known.
  int next(final int known) {
    return Math.min(order.length, known == 0 ? first : 2 * known);
  }

  /// The inputs from one size to another.
  int[] between(final int from, final int to) {
    return Arrays.copyOfRange(order, from, to);
  }

  /// The first numbers.
  static int[] all(final int count) {
    return IntStream.range(0, count).toArray();
  }
}
