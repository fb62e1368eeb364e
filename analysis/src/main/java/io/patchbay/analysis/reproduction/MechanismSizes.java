package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.study.CircuitQuestion;
import io.patchbay.analysis.study.GraphQuestion;
import io.patchbay.analysis.study.UnitQuestion;
import io.patchbay.analysis.study.UnitQuestion.Estimator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How much stands behind what is said of the parts of a model.
///
/// @param units base inputs of the labels of latents
/// @param oracle base inputs of the test for inactive latents
/// @param permutations relabellings behind each p-value of the labels
/// @param pairs pairs that circuits and attributions are found on; as many others measure a circuit
/// @param patched units at the top of the attribution screen that are patched exactly, and as many
///   others, at random
/// @param circuits factors, those that are read best, whose circuits are found
/// @param top edges at the top of a circuit's screen, which are measured exactly; a quarter as many
///   others are audited
/// @param draws random graphs of each kind beside the motifs
/// @param profile base inputs of the layer profile's interchanges
/// @param graph base inputs of a graph of factors
/// @param shuffles graphs by chance beside it
public record MechanismSizes(
    int units,
    int oracle,
    int permutations,
    int pairs,
    int patched,
    int circuits,
    int top,
    int draws,
    int profile,
    int graph,
    int shuffles) {
  private static final String SITE = "latent.z";
  private static final int PAIRS_PER_INPUT = 2;
  private static final int AUDITED = 4;

  /// Base inputs of the oracle beside a profile, which does not ask it: the fewest there can be.
  private static final int UNASKED = 8;

  /// Of the latents, by both estimators.
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

  /// Of every unit of every site, by the read-out; its p-values are not looked at.
  UnitQuestion profileQuestion() {
    return new UnitQuestion(
        List.of(),
        List.of(),
        profile,
        PAIRS_PER_INPUT,
        UNASKED,
        Estimator.READOUT,
        UnitQuestion.STANDARD.rule(),
        1);
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
  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("labels", units);
    map.put("labels_inactive", oracle);
    map.put("labels_permutations", permutations);
    map.put("pairs", pairs);
    map.put("attribution_patched", patched);
    map.put("circuits", circuits);
    map.put("circuit_top", top);
    map.put("motif_graphs", draws);
    map.put("profile", profile);
    map.put("graph", graph);
    map.put("graph_shuffles", shuffles);
    return map;
  }
}
