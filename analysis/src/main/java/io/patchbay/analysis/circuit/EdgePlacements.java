package io.patchbay.analysis.circuit;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.BitSet;

/// Random graphs with as many edges between each pair of layers as a given one, anywhere between
/// that graph's nodes of the two layers, every choice equally likely. They keep no degrees, so they
/// can say something of motifs that the degrees decide.
final class EdgePlacements {
  private static final int PLACES = 2;

  private final Wiring wiring;
  private final long seed;
  private final int[][] sources;
  private final int[][] targets;

  /// A random graph with edges from `from[e]` to `to[e]`.
  record Placed(int[] from, int[] to) {}

  EdgePlacements(final Wiring wiring, final long seed) {
    this.wiring = wiring;
    this.seed = seed;
    sources = new int[wiring.pairs()][];
    targets = new int[wiring.pairs()][];
    for (int pair = 0; pair < wiring.pairs(); pair++) {
      final int edge = wiring.starts()[pair];
      sources[pair] = wiring.nodesOf(wiring.layers()[wiring.from()[edge]]);
      targets[pair] = wiring.nodesOf(wiring.layers()[wiring.to()[edge]]);
    }
  }

  /// Graph `draw` of the seed.
  Placed draw(final int draw) {
    final var random = new PhiloxRandom(seed, Streams.GRAPHS, PLACES, draw);
    final int[] from = new int[wiring.edges()];
    final int[] to = new int[wiring.edges()];
    for (int pair = 0; pair < wiring.pairs(); pair++) {
      final int begin = wiring.starts()[pair];
      final int width = targets[pair].length;
      final int cells = Math.multiplyExact(sources[pair].length, width);
      final var chosen = choose(random, wiring.starts()[pair + 1] - begin, cells);
      int edge = begin;
      for (int cell = chosen.nextSetBit(0); cell >= 0; cell = chosen.nextSetBit(cell + 1)) {
        from[edge] = sources[pair][cell / width];
        to[edge++] = targets[pair][cell % width];
      }
    }
    return new Placed(from, to);
  }

  /// `count` of the numbers below `size`: Floyd's algorithm (Bentley, *Programming Pearls*, 1987).
  private static BitSet choose(final PhiloxRandom random, final int count, final int size) {
    final var chosen = new BitSet(size);
    for (int last = size - count; last < size; last++) {
      final int picked = random.nextInt(last + 1);
      chosen.set(chosen.get(picked) ? last : picked);
    }
    return chosen;
  }
}
