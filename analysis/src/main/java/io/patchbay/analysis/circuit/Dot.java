package io.patchbay.analysis.circuit;

import java.util.Locale;
import java.util.TreeMap;

/// A circuit in Graphviz' DOT: layers from left to right, edges as wide as their effect beside the
/// largest, dashed where it is negative. The attribute `effect` holds the weight with all digits.
final class Dot {
  private static final double THINNEST = 0.5;
  private static final double WIDEST = 4;

  private Dot() {}

  /// @throws IllegalArgumentException for a weight that is not finite
  static String text(final FactorCircuit circuit) {
    final var nodes = circuit.graph().nodes();
    final var text = new StringBuilder("digraph circuit {\n");
    text.append("  graph [rankdir=LR, label=").append(quoted(circuit.factor())).append("];\n");
    text.append("  node [shape=box, fontsize=10];\n");
    final var layers = new TreeMap<Integer, StringBuilder>();
    for (int i = 0; i < nodes.size(); i++) {
      layers
          .computeIfAbsent(nodes.get(i).layer(), _ -> new StringBuilder())
          .append(" n" + i + " [label=" + quoted(nodes.get(i).name()) + "];");
    }
    layers.forEach((_, layer) -> text.append("  { rank=same;").append(layer).append(" }\n"));
    final double largest =
        circuit.graph().edges().stream().mapToDouble(e -> Math.abs(e.weight())).max().orElse(0);
    for (final var edge : circuit.graph().edges()) {
      final double share = largest == 0 ? 0 : Math.abs(edge.weight()) / largest;
      text.append(
          String.format(
              Locale.ROOT,
              "  n%d -> n%d [effect=\"%s\", penwidth=%.2f%s];\n",
              edge.from(),
              edge.to(),
              CircuitFormat.number(edge.weight()),
              THINNEST + (WIDEST - THINNEST) * share,
              edge.weight() < 0 ? ", style=dashed" : ""));
    }
    return text.append("}\n").toString();
  }

  /// A label: backslashes begin escapes there, ampersands begin entities.
  private static String quoted(final String name) {
    final var escaped =
        name.replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("&", "&amp;")
            .replace("\n", "\\n")
            .replace("\r", "");
    return '"' + escaped + '"';
  }
}
