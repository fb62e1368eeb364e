package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.disentanglement.Mode;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.Score;
import io.patchbay.analysis.study.ScoreProgress;
import io.patchbay.analysis.study.ScoreStudy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// [Step#SCORES]: what `score` gives, under the same names.
final class ScoreStep {
  private ScoreStep() {}

  static StepResult of(final Measured measured) {
    final ScoreProgress progress =
        (part, done, total, what) -> {
          switch (part) {
            // Codes and scores take about as long.
            case CODES -> measured.hearing().at(what, done, 2 * total);
            case SCORES -> measured.hearing().at(what, total + done, 2 * total);
          }
        };
    final var scores =
        ScoreStudy.of(measured.scene(), measured.sizes().scores(), Mode.CORRECTED, progress);
    scores.write(measured.folder(), measured.versions().getOrDefault("patchbay", ""));
    final var notes = new LinkedHashMap<String, String>();
    if (!scores.note().isEmpty()) {
      notes.put(Step.SCORES.id(), scores.note());
    }
    return new StepResult(figures(scores.scores(), notes), notes);
  }

  /// Scores that are measures here; the others stand in the run's own file alone.
  ///
  /// @param notes takes why a score has no value
  static Map<String, Interval> figures(final List<Score> scores, final Map<String, String> notes) {
    final var figures = new LinkedHashMap<String, Interval>();
    for (final var score : scores.stream().filter(s -> Measure.ids().contains(s.name())).toList()) {
      final double value = score.value().orElse(Double.NaN);
      if (Double.isFinite(value)) {
        figures.put(
            score.name(), score.interval().orElseGet(() -> Interval.unbounded(value, score.n())));
      } else {
        notes.put(Step.SCORES.id() + " " + score.name(), score.note());
      }
    }
    return figures;
  }
}
