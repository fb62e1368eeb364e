package io.patchbay.analysis.circuit;

import io.patchbay.vae.io.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The fields of a `circuit.json`, each checked as it is read.
///
/// @param file named in messages
record CircuitFields(Path file, JsonNode root) {
  private static final String NODE = "{site, unit, layer}";
  private static final String EDGE = "{from, to, weight}";

  /// @throws BadInputException naming the first field that is wrong
  FactorCircuit circuit() {
    if (!root.isObject()) {
      throw bad("circuit", root, "an object with factor, nodes and edges");
    }
    final var factor = name(root.path("factor"), "factor");
    final var nodes = nodes();
    final var graph = new CircuitGraph(nodes, edges(nodes));
    return new FactorCircuit(factor, graph, units(nodes));
  }

  private List<CircuitNode> nodes() {
    final var list = array("nodes");
    final var nodes = new ArrayList<CircuitNode>();
    final var layers = new HashMap<String, Integer>();
    final var seen = new HashSet<NodeKey>();
    for (int i = 0; i < list.size(); i++) {
      final var place = "nodes[" + i + "]";
      final var item = object(list.get(i), place, NODE);
      final var node =
          new CircuitNode(
              name(item.path("site"), place + ".site"),
              name(item.path("unit"), place + ".unit"),
              whole(item.path("layer"), place + ".layer"));
      if (!seen.add(NodeKey.of(node))) {
        throw new BadInputException(file, place, node.name() + " again", "each unit once");
      }
      final int layer = layers.computeIfAbsent(node.site(), _ -> node.layer());
      if (layer != node.layer()) {
        throw new BadInputException(
            file,
            place + ".layer",
            "" + node.layer(),
            layer + ", as of " + node.site() + " before");
      }
      nodes.add(node);
    }
    return nodes;
  }

  private List<CircuitEdge> edges(final List<CircuitNode> nodes) {
    final var list = array("edges");
    final var edges = new ArrayList<CircuitEdge>();
    final var seen = new HashSet<List<Integer>>();
    for (int i = 0; i < list.size(); i++) {
      final var place = "edges[" + i + "]";
      final var item = object(list.get(i), place, EDGE);
      final int from = index(item.path("from"), place + ".from", nodes.size());
      final int to = index(item.path("to"), place + ".to", nodes.size());
      final var weight = item.path("weight");
      // Its digits, as a number too large for a double is then infinite and not an error.
      final double size = weight.isNumber() ? Double.parseDouble(weight.asString()) : Double.NaN;
      if (!Double.isFinite(size)) {
        throw bad(place + ".weight", weight, "a finite number");
      }
      if (nodes.get(from).layer() >= nodes.get(to).layer()) {
        throw new BadInputException(
            file,
            place,
            nodes.get(from).name() + " to " + nodes.get(to).name(),
            "an edge from a node to one of a higher layer");
      }
      if (!seen.add(List.of(from, to))) {
        throw new BadInputException(
            file,
            place,
            nodes.get(from).name() + " to " + nodes.get(to).name() + " again",
            "each edge once");
      }
      edges.add(new CircuitEdge(from, to, size));
    }
    return edges;
  }

  private SortedMap<String, Integer> units(final List<CircuitNode> nodes) {
    final var units = new TreeMap<String, Integer>();
    final var given = root.path("units");
    if (given.isMissingNode()) {
      return units;
    }
    final Map<String, Integer> here = new HashMap<>();
    nodes.forEach(node -> here.merge(node.site(), 1, Integer::sum));
    for (final var entry : object(given, "units", "units per site").properties()) {
      final var place = "units." + entry.getKey();
      final int count = whole(entry.getValue(), place);
      final int least = here.getOrDefault(entry.getKey(), 0);
      if (count < least) {
        throw new BadInputException(
            file, place, "" + count, "at least the " + least + " of the nodes");
      }
      units.put(entry.getKey(), count);
    }
    return units;
  }

  private JsonNode array(final String field) {
    final var list = root.path(field);
    if (!list.isArray()) {
      throw bad(field, list, "a list");
    }
    return list;
  }

  private JsonNode object(final JsonNode item, final String place, final String expected) {
    if (!item.isObject()) {
      throw bad(place, item, expected);
    }
    return item;
  }

  /// A name that every format can hold; a number is taken as its digits.
  private String name(final JsonNode value, final String place) {
    final var name = value.isString() || value.isIntegralNumber() ? value.asString() : "";
    final boolean plain =
        name.codePoints()
            .noneMatch(c ->
                Character.isISOControl(c)
                    || Character.getType(c) == Character.SURROGATE
                    || c == 0xFFFE
                    || c == 0xFFFF);
    if (name.isBlank() || !plain) {
      throw bad(place, value, "a name without control characters");
    }
    return name;
  }

  private int whole(final JsonNode value, final String place) {
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw bad(place, value, "a whole number from 0");
    }
    return value.intValue();
  }

  private int index(final JsonNode value, final String place, final int nodes) {
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < 0
        || value.intValue() >= nodes) {
      throw bad(place, value, "the place of one of the " + nodes + " nodes, from 0");
    }
    return value.intValue();
  }

  private BadInputException bad(final String place, final JsonNode found, final String expected) {
    final var text = found.isMissingNode() ? "nothing" : found.toString();
    return new BadInputException(file, place, text, expected);
  }
}
