package io.patchbay.analysis.study;

import io.patchbay.analysis.causal.CausalGraph;
import io.patchbay.analysis.causal.FactorEdge;
import io.patchbay.analysis.causal.GraphScores;
import io.patchbay.analysis.causal.PairEffect;
import io.patchbay.analysis.causal.ScoreIntervals;
import io.patchbay.analysis.causal.ShuffledFactors;
import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// The figures of a [GraphStudy] by name: what `graph.json` holds. Factors go by their names; a
/// figure that is undefined is null.
final class GraphNumbers {
  private GraphNumbers() {}

  static Map<String, Object> of(final GraphStudy study) {
    final var names = study.names();
    final var map = new LinkedHashMap<String, Object>();
    map.put("data", study.data());
    map.put("factors", names);
    map.put("latents", study.active().size());
    map.put("active", study.active());
    map.put("inputs", study.question().inputs());
    map.put("held_out", study.heldOut());
    map.put("values_per_input", LatentInterchanges.VALUES);
    map.put("threshold", study.question().threshold());
    map.put("fdr", study.question().rate());
    map.put("g", latents(study.g(), names.size()));
    map.put("assignment", assignment(study));
    map.put("probes", study.probes().stream().map(FactorRead::numbers).toList());
    map.put("claimed", named(names, study.learned().claimed()));
    map.put("a", effects(study));
    map.put("edges", study.learned().edges().stream().map(e -> edge(names, e)).toList());
    map.put("truth", study.truth().map(t -> arrows(names, t)).orElse(null));
    map.put("scores", study.scores().map(s -> scores(study, s)).orElse(null));
    map.put("notes", study.notes());
    map.put("cells", study.guard().cells());
    map.put("controls", study.guard().controls());
    map.put("seed", study.seed());
    return map;
  }

  private static List<List<Map<String, Object>>> latents(final FactorEffect g, final int factors) {
    final var rows = new ArrayList<List<Map<String, Object>>>();
    for (int k = 0; k < factors; k++) {
      final int factor = k;
      rows.add(
          g.rows().stream()
              .map(latent -> latent.get(factor))
              .map(cell -> effect(cell.effect(), cell.p(), cell.adjusted()))
              .toList());
    }
    return rows;
  }

  private static Map<String, Object> effect(final Interval size, final double p, final double q) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("estimate", size.estimate());
    bounds(map, size);
    map.put("p", p);
    map.put("q", q);
    return map;
  }

  private static void bounds(final Map<String, Object> map, final Interval interval) {
    bounds(map, "", Optional.of(interval));
    map.put("n", interval.n());
  }

  private static void bounds(
      final Map<String, Object> map, final String prefix, final Optional<Interval> interval) {
    final var bounded = interval.filter(Interval::bounded);
    map.put(prefix + "low", bounded.map(Interval::low).orElse(null));
    map.put(prefix + "high", bounded.map(Interval::high).orElse(null));
  }

  private static List<@Nullable String> assignment(final GraphStudy study) {
    final var names = new ArrayList<@Nullable String>();
    for (final int factor : study.assignment().factorOf()) {
      names.add(factor < 0 ? null : study.names().get(factor));
    }
    return names;
  }

  private static List<String> named(final List<String> names, final List<Integer> factors) {
    return factors.stream().map(names::get).toList();
  }

  private static List<List<@Nullable Map<String, Object>>> effects(final GraphStudy study) {
    final var rows = new ArrayList<List<@Nullable Map<String, Object>>>();
    for (final var row : study.learned().effects()) {
      final var cells = new ArrayList<@Nullable Map<String, Object>>();
      for (final Optional<PairEffect> cell : row) {
        cells.add(cell.map(e -> effect(e.size(), e.p(), e.q())).orElse(null));
      }
      rows.add(cells);
    }
    return rows;
  }

  private static Map<String, Object> edge(final List<String> names, final FactorEdge edge) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("from", names.get(edge.from()));
    map.put("to", names.get(edge.to()));
    map.put("effect", edge.total().size().estimate());
    bounds(map, edge.total().size());
    map.put("p", edge.total().p());
    map.put("q", edge.total().q());
    map.put("direct", edge.isDirect());
    map.put("mediators", named(names, edge.mediators()));
    map.put("held", edge.direct().map(e -> effect(e.size(), e.p(), e.q())).orElse(null));
    return map;
  }

  private static List<List<String>> arrows(final List<String> names, final CausalGraph graph) {
    return graph.arrows().stream().map(a -> named(names, List.of(a.from(), a.to()))).toList();
  }

  private static Map<String, Object> scores(final GraphStudy study, final GraphScores scores) {
    final var map = new LinkedHashMap<String, Object>();
    final var claimed = study.learned().claimed();
    map.put("between", named(study.names(), claimed));
    map.put(
        "truth", study.truth().map(t -> arrows(study.names(), t.among(claimed))).orElse(List.of()));
    final var intervals = study.intervals();
    map.put("shd", scores.shd());
    bounds(map, "shd_", intervals.map(ScoreIntervals::shd));
    map.put("precision", number(scores.precision()));
    bounds(map, "precision_", intervals.flatMap(ScoreIntervals::precision));
    map.put("recall", number(scores.recall()));
    bounds(map, "recall_", intervals.flatMap(ScoreIntervals::recall));
    map.put("auc", number(scores.auc()));
    bounds(map, "auc_", intervals.flatMap(ScoreIntervals::auc));
    map.put("n", study.question().inputs());
    map.put("intervals", "percentile bootstrap over inputs, the graph learned anew from each draw");
    final var chance = new LinkedHashMap<String, Object>();
    study.latentsShuffled().ifPresent(s -> chance.put("latents_shuffled", shuffled(s, scores)));
    study.namesShuffled().ifPresent(s -> chance.put("names_shuffled", shuffled(s, scores)));
    map.put("null", chance);
    return map;
  }

  private static Map<String, Object> shuffled(
      final ShuffledFactors shuffled, final GraphScores scores) {
    final var map = new LinkedHashMap<String, Object>();
    final var draws = shuffled.draws();
    map.put("draws", draws.size());
    map.put("shd", draws.stream().map(GraphScores::shd).toList());
    map.put("shd_p", shuffled.shdP(scores));
    map.put("auc", draws.stream().flatMapToDouble(d -> d.auc().stream()).boxed().toList());
    map.put("auc_p", number(shuffled.aucP(scores)));
    return map;
  }

  private static @Nullable Double number(final OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
