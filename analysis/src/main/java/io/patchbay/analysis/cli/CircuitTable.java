package io.patchbay.analysis.cli;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// A circuit's figures, units per site and strongest edges as a table.
///
/// @param circuit as in `circuit.json`
record CircuitTable(PrintWriter out, JsonNode circuit) {
  private static final int SHOWN = 20;

  void print() {
    final var screen = circuit.path("screen");
    out.printf(
        Locale.ROOT,
        "%s in the %s: %d of %d edges between %d units%n",
        circuit.path("factor").asString(),
        circuit.path("part").asString(),
        circuit.path("edges").size(),
        screen.path("edges").asInt(),
        circuit.path("nodes").size());
    row("faithfulness", circuit.path("faithfulness"));
    row("completeness (of the other edges)", circuit.path("completeness"));
    final var minimality = circuit.path("minimality");
    row("minimality: least loss of an edge", minimality.path("smallest"));
    row("edges whose loss is under 0.005", minimality.path("share_idle"));
    row("missed by the screen", screen.path("missed_mass"));
    final var found = circuit.path("found_on");
    out.printf(
        Locale.ROOT,
        "found on %d pairs (faithfulness %.3f), measured on %d others; left out: %d and %d%n",
        found.path("pairs").asInt(),
        found.path("faithfulness").asDouble(),
        circuit.path("pairs").asInt(),
        found.path("dropped_pairs").asInt(),
        circuit.path("dropped_pairs").asInt());
    printUnits();
    printEdges();
    out.flush();
  }

  private void row(final String name, final JsonNode figure) {
    final var interval =
        figure.path("low").isNumber()
            ? String.format(
                Locale.ROOT,
                "[%.3f, %.3f]",
                figure.path("low").asDouble(),
                figure.path("high").asDouble())
            : "no interval";
    final var text =
        String.format(Locale.ROOT, "%.3f %s", figure.path("estimate").asDouble(), interval);
    out.printf("%-36s%26s%7d%n", name, text, figure.path("n").asInt());
  }

  private void printUnits() {
    final Map<Integer, Integer> perSite = new TreeMap<>();
    final Map<Integer, String> names = new TreeMap<>();
    for (final var node : circuit.path("nodes")) {
      perSite.merge(node.path("layer").asInt(), 1, Integer::sum);
      names.put(node.path("layer").asInt(), node.path("site").asString());
    }
    names.forEach((layer, site) -> out.printf("%-36s%6d units%n", site, perSite.get(layer)));
  }

  /// The edges whose cut costs most.
  private void printEdges() {
    final var edges = circuit.path("edges");
    out.printf("%-52s%10s%n", "edge", "loss");
    IntStream.range(0, edges.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -edges.path(i).path("weight").asDouble()))
        .limit(SHOWN)
        .forEach(i -> {
          final var edge = edges.path(i);
          out.printf(
              Locale.ROOT,
              "%-52s%10.4f%n",
              node(edge.path("from")) + " -> " + node(edge.path("to")),
              edge.path("weight").asDouble());
        });
  }

  private String node(final JsonNode place) {
    final var node = circuit.path("nodes").path(place.asInt());
    return node.path("site").asString() + "/" + node.path("unit").asString();
  }
}
