package io.patchbay.analysis.circuit;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Random graphs with the degrees of a given one, towards each layer apart: edges a -> b and c -> d
/// of the same pair of layers become a -> d and c -> b, where neither is there yet.
///
/// Each graph comes from the given one by a fixed number of tries, where a try that may not swap
/// leaves the graph as it is: such a walk is symmetric, so all graphs with these degrees become
/// equally likely (Rao, Jana and Bandyopadhyay 1996; connected after Ryser 1957). A walk that ended
/// after a number of *swaps* would favour graphs with many neighbours. How many tries make ten
/// swaps per edge is found beforehand by walks that are thrown away; twice as many are made.
final class EdgeSwaps {
  /// Swaps per edge that every graph is meant to have at least.
  static final int SWAPS_PER_EDGE = 10;

  /// Tries per edge, where so many do not bring the swaps: few edges there can be swapped at all.
  private static final int MOST_TRIES = 1000;

  private static final int PILOT = 0;
  private static final int WALK = 1;

  private final Wiring wiring;
  private final long seed;

  /// Of each edge, its nodes' numbers among those of its pair of layers.
  private final int[] row;

  private final int[] column;

  /// How many nodes each pair of layers has at either end.
  private final int[] columns;

  private final int[] rows;

  private final long[] tries;

  /// A random graph: edge `e` goes from where it was to `to[e]`.
  record Shuffled(int[] to, long swaps) {}

  EdgeSwaps(final Wiring wiring, final long seed) {
    this.wiring = wiring;
    this.seed = seed;
    row = new int[wiring.edges()];
    column = new int[wiring.edges()];
    rows = new int[wiring.pairs()];
    columns = new int[wiring.pairs()];
    tries = new long[wiring.pairs()];
    for (int pair = 0; pair < wiring.pairs(); pair++) {
      rows[pair] = number(wiring.from(), pair, row);
      columns[pair] = number(wiring.to(), pair, column);
    }
    for (int pair = 0; pair < wiring.pairs(); pair++) {
      final long edges = size(pair);
      final var pilot = new PhiloxRandom(seed, Streams.GRAPHS, PILOT, pair);
      final var walk = new Walk(pair);
      while (walk.swaps < SWAPS_PER_EDGE * edges && walk.tries < MOST_TRIES * edges) {
        walk.step(pilot);
      }
      tries[pair] = 2 * walk.tries;
    }
  }

  /// Graph `draw` of the seed.
  Shuffled draw(final int draw) {
    final var random = new PhiloxRandom(seed, Streams.GRAPHS, WALK, draw);
    final int[] to = new int[wiring.edges()];
    long swaps = 0;
    for (int pair = 0; pair < wiring.pairs(); pair++) {
      final var walk = new Walk(pair);
      while (walk.tries < tries[pair]) {
        walk.step(random);
      }
      walk.put(to);
      swaps += walk.swaps;
    }
    return new Shuffled(to, swaps);
  }

  private int size(final int pair) {
    return wiring.starts()[pair + 1] - wiring.starts()[pair];
  }

  /// Numbers the nodes at one end of a pair's edges from 0.
  private int number(final int[] ends, final int pair, final int[] numbers) {
    final int begin = wiring.starts()[pair];
    final int end = wiring.starts()[pair + 1];
    final int[] distinct =
        IntStream.range(begin, end).map(e -> ends[e]).sorted().distinct().toArray();
    for (int e = begin; e < end; e++) {
      numbers[e] = Arrays.binarySearch(distinct, ends[e]);
    }
    return distinct.length;
  }

  /// The edges of one pair of layers on their way.
  private final class Walk {
    private final int begin;
    private final int edges;
    private final int width;
    private final long[] there;

    /// The edge whose target each edge has now.
    private final int[] target;

    private long tries;
    private long swaps;

    Walk(final int pair) {
      begin = wiring.starts()[pair];
      edges = size(pair);
      width = columns[pair];
      there = new long[Math.toIntExact(((long) rows[pair] * width + 63) >>> 6)];
      target = IntStream.range(begin, begin + edges).toArray();
      for (int e = begin; e < begin + edges; e++) {
        flip(row[e], column[e]);
      }
    }

    void step(final PhiloxRandom random) {
      tries++;
      final int i = random.nextInt(edges);
      final int j = random.nextInt(edges);
      final int a = row[begin + i];
      final int b = column[target[i]];
      final int c = row[begin + j];
      final int d = column[target[j]];
      if (has(a, d) || has(c, b)) {
        return;
      }
      flip(a, b);
      flip(c, d);
      flip(a, d);
      flip(c, b);
      final int swapped = target[i];
      target[i] = target[j];
      target[j] = swapped;
      swaps++;
    }

    void put(final int[] to) {
      for (int i = 0; i < edges; i++) {
        to[begin + i] = wiring.to()[target[i]];
      }
    }

    private boolean has(final int r, final int c) {
      final long cell = (long) r * width + c;
      return (there[(int) (cell >>> 6)] >>> cell & 1) != 0;
    }

    private void flip(final int r, final int c) {
      final long cell = (long) r * width + c;
      there[(int) (cell >>> 6)] ^= 1L << cell;
    }
  }
}
