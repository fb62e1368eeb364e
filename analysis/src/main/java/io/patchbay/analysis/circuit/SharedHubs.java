package io.patchbay.analysis.circuit;

import java.util.List;

/// The motif that takes several factors: nodes in at least two factors' circuits that are among the
/// top 5 % of all nodes, but at least one, by degree in the union of the circuits. No more than so
/// many nodes have as many edges: where nodes tie at the border, none of those counts. The one unit
/// of a site, such as the channel of a grey image, is none either: no circuit could go past it.
///
/// @param leastDegree edges in and out, different ones of the union, that make a node one of the
///   top
/// @param labels their number beside circuits of the same shapes on random units: see
///   [CircuitComparison]
public record SharedHubs(List<CircuitNode> nodes, int leastDegree, NullComparison labels) {
  /// One node in so many is among the top.
  static final int ONE_IN = 20;

  public static final double TOP_SHARE = 1.0 / ONE_IN;

  public SharedHubs {
    nodes = List.copyOf(nodes);
  }
}
