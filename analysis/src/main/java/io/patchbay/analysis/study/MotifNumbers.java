package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitNode;
import io.patchbay.analysis.circuit.CircuitOverlap;
import io.patchbay.analysis.circuit.EffectModularity;
import io.patchbay.analysis.circuit.MotifCensus;
import io.patchbay.analysis.circuit.NullComparison;
import io.patchbay.analysis.circuit.SharedHubs;
import io.patchbay.analysis.study.MotifStudy.GraphStudy;
import io.patchbay.analysis.study.MotifStudy.TestedMotif;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A [MotifStudy] as maps and lists, for a file. What is undefined is null.
final class MotifNumbers {
  private MotifNumbers() {}

  static Map<String, Object> of(final MotifStudy study) {
    final var nulls = new LinkedHashMap<String, Object>();
    nulls.put("degrees", "edges swapped within a pair of layers: layers and degrees kept");
    nulls.put("density", "edges placed anew within a pair of layers: their number kept");
    nulls.put("labels", "each circuit on random units of the same sites: its shape kept");
    final var all = new LinkedHashMap<String, Object>();
    all.put("seed", study.seed());
    all.put("random_graphs", study.draws());
    all.put("fewest_edges", MotifCensus.FEWEST_EDGES);
    all.put("nulls", nulls);
    all.put("graphs", study.graphs().stream().map(MotifNumbers::graph).toList());
    all.put(
        "overlaps",
        study
            .comparison()
            .map(c -> c.overlaps().stream().map(MotifNumbers::overlap).toList())
            .orElse(List.of()));
    all.put("shared_hubs", study.comparison().map(c -> hubs(c.hubs())).orElse(null));
    all.put("sites_without_units", study.uncounted());
    return all;
  }

  private static Map<String, Object> graph(final GraphStudy graph) {
    final var census = graph.census();
    final var map = new LinkedHashMap<String, Object>();
    map.put("factor", graph.factor().equals(MotifStudy.TOGETHER) ? null : graph.factor());
    map.put("nodes", census.nodes());
    map.put("edges", census.edges());
    map.put("too_small", census.tooSmall());
    map.put(
        "swaps_per_edge",
        census.swapsPerEdge().isPresent() ? census.swapsPerEdge().getAsDouble() : null);
    map.put("motifs", graph.motifs().stream().map(MotifNumbers::motif).toList());
    map.put("modularity", graph.modularity().map(MotifNumbers::modularity).orElse(null));
    return map;
  }

  private static Map<String, Object> motif(final TestedMotif motif) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("motif", motif.row().motif().label());
    map.put("count", motif.row().count());
    map.put("degrees", motif.row().degrees().map(c -> tested(c, motif.degreesQ())).orElse(null));
    map.put("density", motif.row().density().map(c -> tested(c, motif.densityQ())).orElse(null));
    return map;
  }

  private static Map<String, Object> tested(
      final NullComparison comparison, final Optional<Double> q) {
    final var map = comparison(comparison);
    map.put("q", q.orElse(null));
    return map;
  }

  private static Map<String, Object> comparison(final NullComparison comparison) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("mean", comparison.mean());
    map.put("sd", comparison.deviation());
    map.put("z", comparison.z().isPresent() ? comparison.z().getAsDouble() : null);
    map.put("p", comparison.p());
    map.put("p_fewer", comparison.pFewer());
    map.put("fixed", comparison.fixed());
    return map;
  }

  private static Map<String, Object> modularity(final EffectModularity modularity) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("q", modularity.q());
    map.put("communities", modularity.communities().stream().map(MotifNumbers::names).toList());
    map.put("degrees", modularity.degrees().map(MotifNumbers::comparison).orElse(null));
    return map;
  }

  private static Map<String, Object> overlap(final CircuitOverlap overlap) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("factors", List.of(overlap.first(), overlap.second()));
    map.put("nodes", share(overlap.nodes()));
    map.put("edges", share(overlap.edges()));
    return map;
  }

  private static Map<String, Object> share(final CircuitOverlap.Share share) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("both", share.both());
    map.put("either", share.either());
    map.put("jaccard", share.jaccard().orElse(null));
    map.put("labels", share.labels().map(MotifNumbers::comparison).orElse(null));
    return map;
  }

  private static Map<String, Object> hubs(final SharedHubs hubs) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("top_share", SharedHubs.TOP_SHARE);
    map.put("least_degree", hubs.leastDegree());
    map.put("nodes", names(hubs.nodes()));
    map.put("labels", comparison(hubs.labels()));
    return map;
  }

  private static List<String> names(final List<CircuitNode> nodes) {
    return nodes.stream().map(CircuitNode::name).toList();
  }
}
