package io.patchbay.analysis.circuit;

/// How often each [Motif] occurs in a graph.
public record MotifCounts(long chain, long fanIn, long fanOut, long parallel, long bottleneck) {

  public static MotifCounts of(final CircuitGraph graph) {
    final var wiring = Wiring.of(graph);
    return of(wiring.positions(), wiring.from(), wiring.to());
  }

  /// @param positions of the nodes in an order in which every edge goes forward
  static MotifCounts of(final int[] positions, final int[] from, final int[] to) {
    final int nodes = positions.length;
    final int[] in = new int[nodes];
    final int[] out = new int[nodes];
    for (int e = 0; e < from.length; e++) {
      out[from[e]]++;
      in[to[e]]++;
    }
    long chain = 0;
    long fanIn = 0;
    long fanOut = 0;
    for (int v = 0; v < nodes; v++) {
      chain += (long) in[v] * out[v];
      fanIn += in[v] * (in[v] - 1L) / 2;
      fanOut += out[v] * (out[v] - 1L) / 2;
    }
    final long parallel = parallel(out, from, to);
    return new MotifCounts(
        chain, fanIn, fanOut, parallel, bottlenecks(positions, in, out, from, to));
  }

  public long of(final Motif motif) {
    return switch (motif) {
      case CHAIN -> chain;
      case FAN_IN -> fanIn;
      case FAN_OUT -> fanOut;
      case PARALLEL -> parallel;
      case BOTTLENECK -> bottleneck;
    };
  }

  /// Pairs of paths of two edges with the same ends, summed over their first node.
  private static long parallel(final int[] out, final int[] from, final int[] to) {
    final int nodes = out.length;
    final int[] begin = new int[nodes + 1];
    for (int v = 0; v < nodes; v++) {
      begin[v + 1] = begin[v] + out[v];
    }
    final int[] next = begin.clone();
    final int[] targets = new int[to.length];
    for (int e = 0; e < from.length; e++) {
      targets[next[from[e]]++] = to[e];
    }
    final int[] paths = new int[nodes];
    long pairs = 0;
    for (int u = 0; u < nodes; u++) {
      for (int i = begin[u]; i < begin[u + 1]; i++) {
        for (int j = begin[targets[i]]; j < begin[targets[i] + 1]; j++) {
          pairs += paths[targets[j]]++;
        }
      }
      for (int i = begin[u]; i < begin[u + 1]; i++) {
        for (int j = begin[targets[i]]; j < begin[targets[i] + 1]; j++) {
          paths[targets[j]] = 0;
        }
      }
    }
    return pairs;
  }

  /// In an order in which every edge goes forward, a node is on every path exactly when no edge
  /// goes over its place: a path that misses it must step over it, and no path through an edge over
  /// it can come back. Paths begin before the first place and end after the last.
  private static long bottlenecks(
      final int[] positions, final int[] in, final int[] out, final int[] from, final int[] to) {
    final int nodes = positions.length;
    // How many edges go over a place, as differences to the place before it.
    final int[] over = new int[nodes + 1];
    for (int e = 0; e < from.length; e++) {
      over[positions[from[e]] + 1]++;
      over[positions[to[e]]]--;
    }
    for (int v = 0; v < nodes; v++) {
      if (in[v] == 0 && out[v] > 0) {
        over[0]++;
        over[positions[v]]--;
      }
      if (out[v] == 0 && in[v] > 0) {
        over[positions[v] + 1]++;
        over[nodes]--;
      }
    }
    for (int place = 1; place < nodes; place++) {
      over[place] += over[place - 1];
    }
    long count = 0;
    for (int v = 0; v < nodes; v++) {
      count += in[v] > 0 && out[v] > 0 && over[positions[v]] == 0 ? 1 : 0;
    }
    return count;
  }
}
