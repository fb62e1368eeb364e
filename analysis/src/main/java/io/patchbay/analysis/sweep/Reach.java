package io.patchbay.analysis.sweep;

import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import java.util.HashSet;

/// What a change at one place of a model can move.
public final class Reach {
  private Reach() {}

  /// Whether the value at site `to` is that at site `from`, or computed from it.
  ///
  /// @throws IllegalArgumentException when there is no such site
  public static boolean leads(final Graph graph, final String from, final String to) {
    final var target = Suffix.site(graph, to);
    final var moved = new HashSet<Node>();
    moved.add(Suffix.site(graph, from));
    for (final var node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(moved::contains)) {
        moved.add(node);
      }
    }
    return moved.contains(target);
  }
}
