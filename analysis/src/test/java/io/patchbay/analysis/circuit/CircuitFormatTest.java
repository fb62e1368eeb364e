package io.patchbay.analysis.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// Circuits written and read back.
class CircuitFormatTest {
  @TempDir Path folder;

  private static final String NAMESPACE = "http://graphml.graphdrawing.org/xmlns";

  /// Names with all that the formats treat in a special way.
  private static FactorCircuit circuit() {
    final var nodes =
        List.of(
            new CircuitNode("encoder.conv1", "0", 0),
            new CircuitNode("a \"quoted\" site", "back\\slash\\", 1),
            new CircuitNode("<site>", "&amp; & ]]>", 1),
            new CircuitNode("größe 😀", "'1'; -> {2}", 3),
            new CircuitNode("\\n", "\\\"", 3));
    final var edges =
        List.of(
            new CircuitEdge(0, 1, 0.1),
            new CircuitEdge(0, 2, -1 / 3.0),
            new CircuitEdge(1, 3, 1e-300),
            new CircuitEdge(0, 4, -12345678.9),
            new CircuitEdge(2, 4, 0));
    return new FactorCircuit(
        "a & b \"c\" \\d\\", new CircuitGraph(nodes, edges), new TreeMap<>(Map.of("<site>", 7)));
  }

  private static List<FactorCircuit> circuits() {
    final var circuits = new ArrayList<FactorCircuit>();
    circuits.add(circuit());
    circuits.add(
        new FactorCircuit("none", new CircuitGraph(List.of(), List.of()), new TreeMap<>()));
    for (int seed = 0; seed < 5; seed++) {
      circuits.add(
          new FactorCircuit(
              "scale",
              Layered.random(new Random(seed), 0.3, false, 4, 5, 3),
              new TreeMap<>(Map.of("site.0", 4))));
    }
    return circuits;
  }

  @Test
  void jsonIsReadBack() throws IOException {
    for (final var circuit : circuits()) {
      final var file = folder.resolve("circuit.json");
      Files.writeString(file, CircuitFormat.JSON.text(circuit));
      assertEquals(circuit, CircuitJson.read(file));
    }
  }

  @Test
  void graphMlIsReadBack() throws Exception {
    for (final var circuit : circuits()) {
      assertEquals(
          new FactorCircuit(circuit.factor(), circuit.graph(), new TreeMap<>()),
          graphMl(CircuitFormat.GRAPHML.text(circuit)));
    }
  }

  private static FactorCircuit graphMl(final String text)
      throws ParserConfigurationException, SAXException, IOException {
    final var factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    final var root =
        factory
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(text)))
            .getDocumentElement();
    assertEquals("graphml", root.getLocalName());
    assertEquals(NAMESPACE, root.getNamespaceURI());
    final var types = new HashMap<String, String>();
    for (final var key : elements(root, "key")) {
      assertEquals(key.getAttribute("id"), key.getAttribute("attr.name"));
      types.put(
          key.getAttribute("for") + "." + key.getAttribute("id"), key.getAttribute("attr.type"));
    }
    assertEquals(
        Map.of(
            "graph.factor", "string",
            "node.site", "string",
            "node.unit", "string",
            "node.layer", "int",
            "edge.weight", "double"),
        types);
    final var graph = elements(root, "graph").getFirst();
    assertEquals("directed", graph.getAttribute("edgedefault"));
    final var places = new HashMap<String, Integer>();
    final var nodes = new ArrayList<CircuitNode>();
    for (final var node : elements(graph, "node")) {
      places.put(node.getAttribute("id"), nodes.size());
      final var data = data(node);
      nodes.add(
          new CircuitNode(of(data, "site"), of(data, "unit"), Integer.parseInt(of(data, "layer"))));
    }
    final var edges = new ArrayList<CircuitEdge>();
    for (final var edge : elements(graph, "edge")) {
      edges.add(
          new CircuitEdge(
              of(places, edge.getAttribute("source")),
              of(places, edge.getAttribute("target")),
              Double.parseDouble(of(data(edge), "weight"))));
    }
    return new FactorCircuit(
        of(data(graph), "factor"), new CircuitGraph(nodes, edges), new TreeMap<>());
  }

  private static <T> T of(final Map<String, T> map, final String key) {
    return Optional.ofNullable(map.get(key)).orElseThrow(() -> new AssertionError("no " + key));
  }

  private static List<Element> elements(final Element parent, final String name) {
    final NodeList found = parent.getChildNodes();
    final var elements = new ArrayList<Element>();
    for (int i = 0; i < found.getLength(); i++) {
      if (found.item(i) instanceof final Element element && name.equals(element.getLocalName())) {
        elements.add(element);
      }
    }
    return elements;
  }

  private static Map<String, String> data(final Element element) {
    final var data = new HashMap<String, String>();
    elements(element, "data").forEach(d -> data.put(d.getAttribute("key"), d.getTextContent()));
    return data;
  }

  /// A node or an edge of DOT text, as Graphviz' own grammar reads them.
  private static final Pattern DOT_NODE =
      Pattern.compile(" n(\\d+) \\[label=\"((?:[^\"\\\\]|\\\\.)*)\"];");

  private static final Pattern DOT_EDGE =
      Pattern.compile(
          "  n(\\d+) -> n(\\d+) \\[effect=\"([^\"]+)\", penwidth=([\\d.]+)(, style=dashed)?];");

  @Test
  void dotIsReadBack() {
    for (final var circuit : circuits()) {
      final var lines = CircuitFormat.DOT.text(circuit).lines().toList();
      assertEquals("digraph circuit {", lines.getFirst());
      assertEquals("}", lines.getLast());
      assertTrue(
          unescaped(lines.get(1)).contains("label=\"" + circuit.factor() + "\"]"), lines.get(1));
      final var nodes = new TreeMap<Integer, String>();
      final var layers = new ArrayList<Integer>();
      final var edges = new ArrayList<CircuitEdge>();
      for (final var line : lines.subList(3, lines.size() - 1)) {
        if (line.startsWith("  { rank=same;")) {
          final var found = DOT_NODE.matcher(line);
          final var rest = found.replaceAll("");
          assertEquals("  { rank=same; }", rest);
          found.reset();
          int layer = -1;
          while (found.find()) {
            final int number = Integer.parseInt(found.group(1));
            nodes.put(number, unescaped(found.group(2)));
            layer = circuit.graph().nodes().get(number).layer();
            layers.add(layer);
          }
          assertTrue(layer >= 0, line);
        } else {
          final var found = DOT_EDGE.matcher(line);
          assertTrue(found.matches(), line);
          final double weight = Double.parseDouble(found.group(3));
          edges.add(
              new CircuitEdge(
                  Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)), weight));
          assertEquals(weight < 0, found.group(5) != null, line);
        }
      }
      assertEquals(
          circuit.graph().nodes().stream().map(CircuitNode::name).toList(),
          List.copyOf(nodes.values()));
      assertEquals(layers.stream().sorted().toList(), layers);
      assertEquals(circuit.graph().edges(), edges);
    }
  }

  private static String unescaped(final String label) {
    return label.replaceAll("\\\\(.)", "$1").replace("&amp;", "&");
  }

  @Test
  void theWidestEdgeIsTheLargest() {
    final var text = CircuitFormat.DOT.text(circuit());
    assertTrue(text.contains("effect=\"-1.23456789E7\", penwidth=4.00, style=dashed"), text);
    assertTrue(text.contains("effect=\"0.0\", penwidth=0.50]"), text);
  }

  @Test
  void whatAFormatCannotHoldIsRefused() {
    for (final double weight : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      final var graph =
          new CircuitGraph(Layered.nodes(1, 1), List.of(new CircuitEdge(0, 1, weight)));
      for (final var format : CircuitFormat.values()) {
        final var e =
            assertThrows(
                IllegalArgumentException.class,
                () -> format.text(new FactorCircuit("f", graph, new TreeMap<>())));
        assertTrue(String.valueOf(e.getMessage()).contains("weight=" + weight), e::getMessage);
      }
    }
    final var control = new CircuitGraph(List.of(new CircuitNode("a\u0001b", "0", 0)), List.of());
    final var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> CircuitFormat.GRAPHML.text(new FactorCircuit("f", control, new TreeMap<>())));
    assertTrue(String.valueOf(e.getMessage()).endsWith("U+1"), e::getMessage);
  }

  @Test
  void everyFormatHasItsName() {
    assertEquals(List.of("json", "graphml", "dot"), CircuitFormat.labels());
    for (final var format : CircuitFormat.values()) {
      assertEquals(format, CircuitFormat.named(format.label()).orElseThrow());
    }
    assertTrue(CircuitFormat.named("svg").isEmpty());
  }
}
