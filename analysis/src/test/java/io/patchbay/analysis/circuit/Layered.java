package io.patchbay.analysis.circuit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Graphs for tests.
final class Layered {
  private Layered() {}

  /// Nodes `site.LAYER/0`, `site.LAYER/1`, ..., as many in each layer.
  static List<CircuitNode> nodes(final int... widths) {
    final var nodes = new ArrayList<CircuitNode>();
    for (int layer = 0; layer < widths.length; layer++) {
      for (int i = 0; i < widths[layer]; i++) {
        nodes.add(new CircuitNode("site." + layer, Integer.toString(i), layer));
      }
    }
    return nodes;
  }

  /// Each edge from a layer to a higher one, to the next one only if `adjacent`, with a chance.
  static CircuitGraph random(
      final Random random, final double chance, final boolean adjacent, final int... widths) {
    final var nodes = nodes(widths);
    final var edges = new ArrayList<CircuitEdge>();
    for (int a = 0; a < nodes.size(); a++) {
      for (int b = 0; b < nodes.size(); b++) {
        final int step = nodes.get(b).layer() - nodes.get(a).layer();
        if (step >= 1 && (step == 1 || !adjacent) && random.nextDouble() < chance) {
          edges.add(new CircuitEdge(a, b, random.nextGaussian()));
        }
      }
    }
    return new CircuitGraph(nodes, edges);
  }

  /// Edges of weight 1 between nodes, two numbers each.
  static CircuitGraph of(final List<CircuitNode> nodes, final int... ends) {
    final var edges = new ArrayList<CircuitEdge>();
    for (int i = 0; i < ends.length; i += 2) {
      edges.add(new CircuitEdge(ends[i], ends[i + 1], 1));
    }
    return new CircuitGraph(nodes, edges);
  }

  /// Blocks of units, every one of which acts on every one of the same block in the next layer.
  static CircuitGraph blocks(final int layers, final int blocks, final int size) {
    final int[] widths = new int[layers];
    Arrays.fill(widths, blocks * size);
    final var nodes = nodes(widths);
    final var edges = new ArrayList<CircuitEdge>();
    for (int a = 0; a < nodes.size(); a++) {
      for (int b = 0; b < nodes.size(); b++) {
        final boolean next = nodes.get(b).layer() == nodes.get(a).layer() + 1;
        if (next && a % (blocks * size) / size == b % (blocks * size) / size) {
          edges.add(new CircuitEdge(a, b, 1));
        }
      }
    }
    return new CircuitGraph(nodes, edges);
  }
}
