package io.patchbay.analysis.circuit;

import java.util.Comparator;
import java.util.stream.IntStream;

/// A graph as numbers, for counting and shuffling. Edges are sorted by pair of layers, then by
/// their nodes, so that a file's order of edges changes no random draw.
///
/// @param layers of each node
/// @param positions of each node in an order in which every edge goes forward
/// @param from node that each edge leaves
/// @param to node that each edge enters
/// @param sizes of the edges' weights, without their signs
/// @param starts first edge of each pair of layers that has one, and the number of edges last
record Wiring(int[] layers, int[] positions, int[] from, int[] to, double[] sizes, int[] starts) {

  static Wiring of(final CircuitGraph graph) {
    final int[] layers = graph.nodes().stream().mapToInt(CircuitNode::layer).toArray();
    final int[] positions = new int[layers.length];
    final var order =
        IntStream.range(0, layers.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> layers[i]))
            .toList();
    for (int place = 0; place < layers.length; place++) {
      positions[order.get(place)] = place;
    }
    final var edges =
        graph.edges().stream()
            .sorted(
                Comparator.comparingInt((CircuitEdge e) -> layers[e.from()])
                    .thenComparingInt(e -> layers[e.to()])
                    .thenComparingInt(CircuitEdge::from)
                    .thenComparingInt(CircuitEdge::to))
            .toList();
    final int[] from = edges.stream().mapToInt(CircuitEdge::from).toArray();
    final int[] to = edges.stream().mapToInt(CircuitEdge::to).toArray();
    final double[] sizes = edges.stream().mapToDouble(e -> Math.abs(e.weight())).toArray();
    return new Wiring(layers, positions, from, to, sizes, starts(layers, from, to));
  }

  private static int[] starts(final int[] layers, final int[] from, final int[] to) {
    final var starts = IntStream.builder();
    for (int e = 0; e < from.length; e++) {
      if (e == 0 || layers[from[e]] != layers[from[e - 1]] || layers[to[e]] != layers[to[e - 1]]) {
        starts.add(e);
      }
    }
    return starts.add(from.length).build().toArray();
  }

  int nodes() {
    return layers.length;
  }

  int edges() {
    return from.length;
  }

  /// Pairs of layers with an edge between them.
  int pairs() {
    return starts.length - 1;
  }

  /// The nodes of a layer.
  int[] nodesOf(final int layer) {
    return IntStream.range(0, layers.length).filter(i -> layers[i] == layer).toArray();
  }
}
