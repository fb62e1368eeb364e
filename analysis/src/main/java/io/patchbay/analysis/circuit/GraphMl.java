package io.patchbay.analysis.circuit;

/// A circuit in GraphML (Brandes, Eiglsperger, Lerner and Pich 2013), as XML 1.0: nodes `n0`, `n1`,
/// ... with their site, unit and layer, edges with their weight, the factor at the graph.
final class GraphMl {
  private static final String HEAD =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <graphml xmlns="http://graphml.graphdrawing.org/xmlns"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
          xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns
          http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
        <key id="factor" for="graph" attr.name="factor" attr.type="string"/>
        <key id="site" for="node" attr.name="site" attr.type="string"/>
        <key id="unit" for="node" attr.name="unit" attr.type="string"/>
        <key id="layer" for="node" attr.name="layer" attr.type="int"/>
        <key id="weight" for="edge" attr.name="weight" attr.type="double"/>
        <graph id="circuit" edgedefault="directed">
      """;

  private static final String TAIL =
      """
        </graph>
      </graphml>
      """;

  private GraphMl() {}

  /// @throws IllegalArgumentException for a weight that is not finite, or a name with a character
  ///   that XML cannot hold
  static String text(final FactorCircuit circuit) {
    final var text = new StringBuilder(HEAD);
    text.append("    ").append(data("factor", circuit.factor())).append('\n');
    int number = 0;
    for (final var node : circuit.graph().nodes()) {
      text.append("    <node id=\"n").append(number++).append("\">");
      text.append(data("site", node.site())).append(data("unit", node.unit()));
      text.append(data("layer", Integer.toString(node.layer()))).append("</node>\n");
    }
    for (final var edge : circuit.graph().edges()) {
      text.append("    <edge source=\"n").append(edge.from());
      text.append("\" target=\"n").append(edge.to()).append("\">");
      text.append(data("weight", CircuitFormat.number(edge.weight()))).append("</edge>\n");
    }
    return text.append(TAIL).toString();
  }

  private static String data(final String key, final String value) {
    final var text = new StringBuilder("<data key=\"").append(key).append("\">");
    value
        .codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> text.append("&amp;");
            case '<' -> text.append("&lt;");
            case '>' -> text.append("&gt;");
            // A reader turns a bare one into a line feed.
            case '\r' -> text.append("&#13;");
            default -> text.appendCodePoint(character(c));
          }
        });
    return text.append("</data>").toString();
  }

  /// Section 2.2 of XML 1.0.
  private static int character(final int c) {
    final boolean allowed =
        c == '\t'
            || c == '\n'
            || (c >= 0x20 && c <= 0xD7FF)
            || (c >= 0xE000 && c <= 0xFFFD)
            || c >= 0x10000;
    if (!allowed) {
      throw new IllegalArgumentException(
          "GraphML cannot hold a character: character=U+" + Integer.toHexString(c));
    }
    return c;
  }
}
