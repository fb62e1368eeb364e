package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.study.UnitQuestion.Estimator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How much stands behind what is said of the parts of a model.
///
/// @param units base inputs of the labels of latents
/// @param oracle base inputs of the test for inactive latents
/// @param permutations relabellings behind each p-value of the labels
/// @param pairs pairs that a circuit is found on, and as many others that it is measured on
/// @param top edges at the top of a circuit's screen, which are measured exactly; a quarter as many
///   others are audited
/// @param graph base inputs of a graph of factors
/// @param shuffles graphs by chance beside it
public record MeaningSize(
    int units, int oracle, int permutations, int pairs, int top, int graph, int shuffles) {
  private static final int PAIRS_PER_INPUT = 2;
  private static final int AUDITED = 4;

  static final String SITE = "latent.z";

  UnitQuestion unitQuestion() {
    return new UnitQuestion(
        List.of(SITE),
        List.of(),
        units,
        PAIRS_PER_INPUT,
        oracle,
        Estimator.BOTH,
        UnitQuestion.STANDARD.rule(),
        permutations);
  }

  CircuitQuestion circuitQuestion(final String factor) {
    final var standard = CircuitQuestion.standard(factor, CircuitPart.ENCODER);
    return new CircuitQuestion(
        factor,
        standard.part(),
        pairs,
        standard.threshold(),
        top,
        Math.max(1, top / AUDITED),
        standard.steps());
  }

  GraphQuestion graphQuestion() {
    final var standard = GraphQuestion.STANDARD;
    return new GraphQuestion(graph, standard.threshold(), standard.rate(), shuffles);
  }

  /// By name, for a file.
  public Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("labels", units);
    map.put("labels_inactive", oracle);
    map.put("labels_permutations", permutations);
    map.put("circuit_pairs", pairs);
    map.put("circuit_top", top);
    map.put("graph", graph);
    map.put("graph_shuffles", shuffles);
    return map;
  }
}
