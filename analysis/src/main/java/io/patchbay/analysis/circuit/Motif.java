package io.patchbay.analysis.circuit;

/// A pattern of edges whose occurrences are counted; none need be induced.
///
/// How often the first three occur is a function of the nodes' degrees alone: the sums over nodes
/// of in * out, in (in - 1) / 2 and out (out - 1) / 2. A bottleneck is the only node with edges in
/// its layer, and no path begins, ends or goes by elsewhere there: degrees towards each layer
/// decide that too. Random graphs that keep layers and degrees hold exactly as many of these four,
/// so only random graphs that keep less can say whether they are frequent.
public enum Motif {
  /// u -> v -> w.
  CHAIN("chain"),

  /// u -> w <- v, each pair of edges into a node once.
  FAN_IN("fan-in"),

  /// v <- u -> w, each pair of edges out of a node once.
  FAN_OUT("fan-out"),

  /// u -> v -> x beside u -> w -> x, each pair of middle nodes once.
  PARALLEL("parallel"),

  /// A node with edges in and out that is on every path from the nodes without edges in to those
  /// without edges out.
  BOTTLENECK("bottleneck");

  private final String label;

  Motif(final String label) {
    this.label = label;
  }

  /// The name in tables and files.
  public String label() {
    return label;
  }
}
