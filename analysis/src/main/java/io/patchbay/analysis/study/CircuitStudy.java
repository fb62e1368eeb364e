package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitEdge;
import io.patchbay.analysis.circuit.CircuitFigures;
import io.patchbay.analysis.circuit.CircuitGraph;
import io.patchbay.analysis.circuit.CircuitJson;
import io.patchbay.analysis.circuit.CircuitNetwork;
import io.patchbay.analysis.circuit.CircuitNode;
import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.analysis.circuit.CircuitSearch.Found;
import io.patchbay.analysis.circuit.FactorCircuit;
import io.patchbay.analysis.circuit.RunLog;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/// The circuit of one factor in a part of a model: found on pairs of inputs that differ in the
/// factor alone, measured on others. Y is what a probe reads of the factor from the reconstruction,
/// in standard deviations of the factor.
///
/// @param factor its name
/// @param edges edges of the whole part
/// @param found what was found, and how
/// @param discovery pairs that it was found on, and pairs left out of them
/// @param figures on held-out pairs
/// @param circuit what was found; an edge's weight is the faithfulness that is lost on the held-out
///   pairs when it is cut: f(C) - f(C without the edge)
public record CircuitStudy(
    CircuitQuestion question,
    String factor,
    FactorProbe probe,
    int edges,
    Found found,
    Discovery discovery,
    CircuitFigures figures,
    FactorCircuit circuit,
    long seed,
    String data,
    String device) {

  /// How many pairs a circuit was found on.
  public record Discovery(int pairs, int dropped) {}

  /// @throws BadInputException when the data have no such factor, or the model's reconstructions
  ///   say nothing of it
  public static CircuitStudy of(
      final Scene scene, final CircuitQuestion question, final CircuitSearch.Listener listener) {
    return CircuitAsked.of(scene, question).answer(listener, RunLog.NONE);
  }

  /// @param network on the held-out pairs
  static CircuitStudy of(
      final CircuitAsked asked,
      final CircuitNetwork network,
      final Found found,
      final Discovery discovery,
      final CircuitFigures figures) {
    final var scene = asked.scene();
    return new CircuitStudy(
        asked.question(),
        asked.factor(),
        asked.probe(),
        network.edges(),
        found,
        discovery,
        figures,
        new FactorCircuit(asked.factor(), graph(network, figures), network.units()),
        scene.seed(),
        scene.data().name(),
        scene.model().backend().device());
  }

  private static CircuitGraph graph(final CircuitNetwork network, final CircuitFigures figures) {
    final var nodes =
        new TreeSet<>(
            Comparator.comparingInt(CircuitNode::layer)
                .thenComparingInt(n -> Integer.parseInt(n.unit())));
    for (final int edge : figures.edges()) {
      nodes.add(network.from(edge));
      nodes.add(network.to(edge));
    }
    final var list = new ArrayList<>(nodes);
    final var places = new LinkedHashMap<CircuitNode, Integer>();
    list.forEach(node -> places.put(node, places.size()));
    final var edges = new ArrayList<CircuitEdge>();
    for (int i = 0; i < figures.edges().size(); i++) {
      final int edge = figures.edges().get(i);
      edges.add(
          new CircuitEdge(
              Objects.requireNonNull(places.get(network.from(edge))),
              Objects.requireNonNull(places.get(network.to(edge))),
              figures.losses()[i]));
    }
    return new CircuitGraph(list, edges);
  }

  /// Everything, for a file.
  public Map<String, Object> numbers() {
    final var all = new LinkedHashMap<String, Object>();
    all.put("factor", factor);
    all.put("part", question.part().name().toLowerCase(Locale.ROOT));
    all.put("outcome", "factor:" + factor);
    all.put("data", data);
    all.put("faithfulness", AttributionStudy.interval(figures.faithfulness()));
    all.put("completeness", AttributionStudy.interval(figures.completeness()));
    final var minimality = new LinkedHashMap<String, Object>();
    minimality.put("smallest", AttributionStudy.interval(figures.smallest()));
    minimality.put("share_idle", AttributionStudy.interval(figures.idle()));
    minimality.put("idle_below", CircuitFigures.IDLE);
    all.put("minimality", minimality);
    all.put("pairs", figures.pairs());
    all.put("dropped_pairs", figures.dropped());
    final var foundOn = new LinkedHashMap<String, Object>();
    foundOn.put("pairs", discovery.pairs());
    foundOn.put("dropped_pairs", discovery.dropped());
    foundOn.put("faithfulness", found.faithfulness());
    foundOn.put("no_edge_can_be_cut", found.minimal());
    all.put("found_on", foundOn);
    final var screen = new LinkedHashMap<String, Object>();
    screen.put("edges", edges);
    screen.put("kept", found.kept());
    screen.put("exact", found.screen().kept().size());
    screen.put("audit", found.screen().audited().size());
    screen.put("steps", question.steps());
    screen.put("missed_mass", AttributionStudy.interval(found.screen().missedMass()));
    all.put("screen", screen);
    all.put("threshold", question.threshold());
    all.put("top", question.top());
    all.put("probe", probe.numbers());
    all.put("seed", seed);
    all.put("device", device);
    all.put("java", Runtime.version().toString());
    all.putAll(CircuitJson.fields(circuit));
    return all;
  }
}
