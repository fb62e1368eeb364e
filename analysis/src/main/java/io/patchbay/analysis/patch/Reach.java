package io.patchbay.analysis.patch;

import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import java.util.HashSet;
import java.util.List;

/// What a change at one place of a model can move.
public final class Reach {
  private Reach() {}

  /// Whether the value at site `to` is that at site `from`, or computed from it. Where two sites
  /// are one value, a change at the later one (`latent.z` of a model without noise) is not a change
  /// at the earlier (`encoder.mu`).
  ///
  /// @throws IllegalArgumentException when there is no such site
  public static boolean leads(final Graph graph, final String from, final String to) {
    final var target = Suffix.site(graph, to);
    if (target.equals(Suffix.site(graph, from))) {
      final var names = List.copyOf(graph.sites().keySet());
      return names.indexOf(from) <= names.indexOf(to);
    }
    final var moved = new HashSet<Node>();
    moved.add(Suffix.site(graph, from));
    for (final var node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(moved::contains)) {
        moved.add(node);
      }
    }
    return moved.contains(target);
  }

  /// Whether everything of the value at site `from` that arrives at site `to` passes through site
  /// `site`.
  ///
  /// @throws IllegalArgumentException when there is no such site
  public static boolean cuts(
      final Graph graph, final String from, final String site, final String to) {
    final var wall = Suffix.site(graph, site);
    final var moved = new HashSet<Node>();
    if (!wall.equals(Suffix.site(graph, from))) {
      moved.add(Suffix.site(graph, from));
    }
    for (final var node : graph.nodes()) {
      if (!node.equals(wall) && node.inputs().stream().anyMatch(moved::contains)) {
        moved.add(node);
      }
    }
    return !moved.contains(Suffix.site(graph, to));
  }
}
