package io.patchbay.analysis.reproduction;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Whether interventions on latents give the causal graph of the factors, where it is known: nearer
/// to the true one than graphs that are learned in the same way with other latents for each factor,
/// which know the model but not what its latents stand for.
final class FactorGraphs {
  private static final Claim CLAIM =
      new Claim(
          "causal_graph",
          Claim.V1,
          "interventions map the computational graph to the causal graph of semantic factors",
          "by how many arrows the learned graph is nearer to the true one than the mean of graphs"
              + " learned with other latents for each factor, a mean over models; held where that"
              + " is above zero with its whole 95 % t interval over seeds, not held where it is"
              + " below; a seed holds where most of its graphs are nearer than 95 % of those");

  private static final List<String> FIGURES =
      List.of(Measure.DISTANCE, Measure.CHANCE, Measure.AREA, Measure.DISTANCE_P, Measure.NAMES_P);
  private static final double LEVEL = 0.05;

  private FactorGraphs() {}

  /// The graphs of a seed.
  private static final class Graphs {
    private final List<Double> nearer = new ArrayList<>();
    private int better;

    double mean() {
      return nearer.stream().mapToDouble(d -> d).average().orElseThrow();
    }

    boolean most() {
      return 2 * better > nearer.size();
    }
  }

  static Finding of(final Evidence evidence, final ReproductionPlan plan) {
    final int latent = plan.latent();
    final var without = evidence.notes(latent, Step.GRAPH.id());
    final var numbers = new LinkedHashMap<String, Object>();
    final var texts = new ArrayList<String>();
    for (final var variant : evidence.variants(latent)) {
      for (final var measure : FIGURES) {
        evidence
            .mean(variant, latent, measure)
            .ifPresent(i -> numbers.put(measure + " of " + variant.id(), Json.interval(i)));
      }
      evidence
          .mean(variant, latent, Measure.DISTANCE)
          .ifPresent(i -> texts.add(variant.id() + " " + ReproducedTable.text(i)));
    }
    final var bySeed = bySeed(evidence, latent);
    if (bySeed.isEmpty()) {
      return Finding.notTested(
          CLAIM,
          without.isEmpty()
              ? "no run has a graph to compare: no mechanisms are known between the factors of "
                  + plan.data()
              : String.join("; ", without));
    }
    final var nearer =
        Evidence.mean(bySeed.values().stream().map(Graphs::mean).toList()).orElseThrow();
    final int better = bySeed.values().stream().mapToInt(g -> g.better).sum();
    final int graphs = bySeed.values().stream().mapToInt(g -> g.nearer.size()).sum();
    numbers.put("nearer_than_chance", Json.interval(nearer));
    numbers.put("better_than_chance", better);
    numbers.put("graphs", graphs);
    numbers.put("without", without);
    final var text =
        String.format(
            Locale.ROOT,
            "nearer by %s arrows than graphs by chance; %d of %d nearer than 95 %% of those; arrows"
                + " between pairs of factors that differ: %s",
            ReproducedTable.text(nearer),
            better,
            graphs,
            String.join(", ", texts));
    return new Finding(
        CLAIM,
        Findings.above(List.of(nearer)),
        without.isEmpty() ? text : text + "; " + String.join("; ", without),
        (int) bySeed.values().stream().filter(Graphs::most).count(),
        bySeed.size(),
        numbers);
  }

  private static NavigableMap<Long, Graphs> bySeed(final Evidence evidence, final int latent) {
    final var bySeed = new TreeMap<Long, Graphs>();
    for (final var variant : evidence.variants(latent)) {
      final var nearer =
          Evidence.difference(
              evidence.values(variant, latent, Measure.CHANCE),
              evidence.values(variant, latent, Measure.DISTANCE));
      final var p = evidence.values(variant, latent, Measure.DISTANCE_P);
      nearer.forEach((seed, by) -> {
        final var graphs = bySeed.computeIfAbsent(seed, _ -> new Graphs());
        graphs.nearer.add(by);
        graphs.better += p.getOrDefault(seed, 1.0) <= LEVEL ? 1 : 0;
      });
    }
    return bySeed;
  }
}
