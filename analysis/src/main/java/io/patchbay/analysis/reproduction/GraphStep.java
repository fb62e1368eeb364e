package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.causal.CausalGraph;
import io.patchbay.analysis.causal.GraphScores;
import io.patchbay.analysis.causal.ShuffledFactors;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.GraphStudy;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.GenerativeDataset;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// [Step#GRAPH].
final class GraphStep {
  private GraphStep() {}

  /// Whether some factor of the data is known to follow from another.
  static boolean fits(final FactorDataset data) {
    return data instanceof final GenerativeDataset generator
        && !CausalGraph.of(generator.variables()).arrows().isEmpty();
  }

  static StepResult of(final Measured measured) {
    final var notes = new LinkedHashMap<String, String>();
    final var figures = new LinkedHashMap<String, Interval>();
    final var question = measured.sizes().mechanisms().graphQuestion();
    measured
        .tried(
            Step.GRAPH,
            notes,
            () ->
                GraphStudy.of(
                    measured.scene(),
                    question,
                    (what, done, total) -> measured.hearing().at(what, done, total)))
        .ifPresent(study -> {
          measured.write(Path.of("graph", "graph.json"), study.numbers());
          study
              .scores()
              .ifPresentOrElse(
                  scores -> put(study, scores, figures),
                  () -> notes.put(Step.GRAPH.id(), String.join("; ", study.notes())));
        });
    return new StepResult(figures, notes);
  }

  private static void put(
      final GraphStudy study, final GraphScores scores, final Map<String, Interval> figures) {
    final int n = study.question().inputs();
    figures.put(Measure.DISTANCE, Interval.unbounded(scores.shd(), n));
    put("graph_precision", scores.precision(), n, figures);
    put("graph_recall", scores.recall(), n, figures);
    put(Measure.AREA, scores.auc(), n, figures);
    study
        .latentsShuffled()
        .ifPresent(chance -> {
          put(Measure.CHANCE, mean(chance), chance.draws().size(), figures);
          put(Measure.DISTANCE_P, OptionalDouble.of(chance.shdP(scores)), n, figures);
          put("graph_auc_p", chance.aucP(scores), n, figures);
        });
    study
        .namesShuffled()
        .ifPresent(chance -> {
          put(Measure.NAMES_P, OptionalDouble.of(chance.shdP(scores)), n, figures);
          put("graph_auc_names_p", chance.aucP(scores), n, figures);
        });
  }

  private static OptionalDouble mean(final ShuffledFactors chance) {
    return chance.draws().stream().mapToInt(GraphScores::shd).average();
  }

  private static void put(
      final String measure,
      final OptionalDouble value,
      final int n,
      final Map<String, Interval> figures) {
    value.ifPresent(v -> figures.put(measure, Interval.unbounded(v, Math.max(1, n))));
  }
}
