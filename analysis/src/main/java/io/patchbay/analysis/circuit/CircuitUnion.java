package io.patchbay.analysis.circuit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Several factors' circuits as one graph of effects: every node and edge that is in any of them.
public final class CircuitUnion {
  private CircuitUnion() {}

  private record Ends(int from, int to) {}

  /// Nodes are the same where site and unit are; the weight of an edge is the sum of the sizes of
  /// its effects, without signs, since those of different factors have nothing to cancel.
  ///
  /// @throws IllegalArgumentException when circuits disagree about the layer of a node
  public static CircuitGraph of(final List<CircuitGraph> circuits) {
    final var nodes = new ArrayList<CircuitNode>();
    final var places = new LinkedHashMap<NodeKey, Integer>();
    final var sizes = new LinkedHashMap<Ends, Double>();
    for (final var circuit : circuits) {
      final int[] at = new int[circuit.nodes().size()];
      for (int i = 0; i < at.length; i++) {
        final var node = circuit.nodes().get(i);
        at[i] = places.computeIfAbsent(NodeKey.of(node), _ -> places.size());
        if (at[i] == nodes.size()) {
          nodes.add(node);
        } else if (!nodes.get(at[i]).equals(node)) {
          throw new IllegalArgumentException(
              "circuits disagree: node=" + node + ", elsewhere=" + nodes.get(at[i]));
        }
      }
      for (final var edge : circuit.edges()) {
        sizes.merge(new Ends(at[edge.from()], at[edge.to()]), Math.abs(edge.weight()), Double::sum);
      }
    }
    final var edges = new ArrayList<CircuitEdge>();
    sizes.forEach((ends, size) -> edges.add(new CircuitEdge(ends.from(), ends.to(), size)));
    return new CircuitGraph(nodes, edges);
  }
}
