package io.patchbay.analysis.circuit;

import java.util.HashSet;
import java.util.List;

/// A layered directed graph of units: each edge goes from a lower to a higher layer, at most one
/// between two nodes.
public record CircuitGraph(List<CircuitNode> nodes, List<CircuitEdge> edges) {
  /// @throws IllegalArgumentException for an edge without its nodes, against the layers, or twice
  public CircuitGraph {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
    final var seen = new HashSet<List<Integer>>();
    for (final var edge : edges) {
      final boolean inside =
          0 <= edge.from()
              && edge.from() < nodes.size()
              && 0 <= edge.to()
              && edge.to() < nodes.size();
      if (!inside || nodes.get(edge.from()).layer() >= nodes.get(edge.to()).layer()) {
        throw new IllegalArgumentException(
            "edge must go from a node to one of a higher layer: edge="
                + edge
                + ", nodes="
                + nodes.size());
      }
      if (!seen.add(List.of(edge.from(), edge.to()))) {
        throw new IllegalArgumentException("edge twice: edge=" + edge);
      }
    }
  }
}
