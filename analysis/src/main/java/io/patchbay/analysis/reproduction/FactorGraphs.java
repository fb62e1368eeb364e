package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.study.ModelMeaning;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// Whether interventions on latents give the causal graph of the factors, where it is known. A
/// run's graph is better than chance where at most 5 % of the graphs that are learned with other
/// latents for each factor are as near to the true one; it held where that is so for more than half
/// of the runs of the table's models, and not where it is so for none.
final class FactorGraphs {
  private static final String ID = "causal_graph";
  private static final String CLAIM =
      "interventions map the computational graph to the causal graph of semantic factors";
  private static final List<String> FIGURES =
      List.of(Measure.DISTANCE, Measure.AREA, Measure.DISTANCE_P, Measure.NAMES_P);
  private static final double LEVEL = 0.05;

  private FactorGraphs() {}

  /// @param better runs that are better than chance
  private record Count(int better, int runs) {
    boolean most() {
      return 2 * better > runs;
    }

    Count plus(final Count other) {
      return new Count(better + other.better, runs + other.runs);
    }
  }

  static Finding of(final Evidence evidence, final ReproductionPlan plan) {
    final var without = evidence.notes(plan.latent(), ModelMeaning.GRAPH);
    final var bySeed = new TreeMap<Long, Count>();
    final var numbers = new LinkedHashMap<String, Object>();
    final var texts = new ArrayList<String>();
    for (final var variant : evidence.variants(plan.latent())) {
      final var p = evidence.values(variant, plan.latent(), Measure.DISTANCE_P);
      p.forEach(
          (seed, value) -> bySeed.merge(seed, new Count(value <= LEVEL ? 1 : 0, 1), Count::plus));
      for (final var measure : FIGURES) {
        evidence
            .mean(variant, plan.latent(), measure)
            .ifPresent(i -> numbers.put(measure + " of " + variant.id(), Json.interval(i)));
      }
      evidence
          .mean(variant, plan.latent(), Measure.DISTANCE)
          .ifPresent(i -> texts.add(variant.id() + " " + ReproducedTable.text(i)));
    }
    if (bySeed.isEmpty()) {
      return Finding.notTested(
          ID,
          Findings.V1,
          CLAIM,
          without.isEmpty()
              ? "no run has a graph to compare: no mechanisms are known between the factors of "
                  + plan.data()
              : String.join("; ", without));
    }
    final var all = bySeed.values().stream().reduce(new Count(0, 0), Count::plus);
    numbers.put("better_than_chance", all.better());
    numbers.put("runs", all.runs());
    numbers.put("without", without);
    return new Finding(
        ID,
        Findings.V1,
        CLAIM,
        all.most() ? Status.HELD : all.better() == 0 ? Status.NOT_HELD : Status.UNDECIDED,
        reason(all, texts, without),
        (int) bySeed.values().stream().filter(Count::most).count(),
        bySeed.size(),
        numbers);
  }

  private static String reason(
      final Count all, final List<String> distances, final List<String> without) {
    final var text =
        String.format(
            Locale.ROOT,
            "%d of %d graphs are nearer to the true one than 95 %% of those that are learned with"
                + " other latents for each factor; arrows between pairs of factors that differ: %s",
            all.better(),
            all.runs(),
            String.join(", ", distances));
    return without.isEmpty() ? text : text + "; " + String.join("; ", without);
  }
}
