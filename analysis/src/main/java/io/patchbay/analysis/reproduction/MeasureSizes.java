package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.study.FigureSize;
import io.patchbay.analysis.study.ScoreSizes;
import java.util.LinkedHashMap;
import java.util.Map;

/// How much stands behind all figures of a run.
public record MeasureSizes(FigureSize figures, ScoreSizes scores, MechanismSizes mechanisms) {
  /// By name, for a file.
  public Map<String, Object> toMap() {
    final var map = new LinkedHashMap<>(figures.toMap());
    map.put("scores_training", scores.training());
    map.put("scores_test", scores.test());
    map.put("scores_batch", scores.batch());
    map.put("scores_ranked", scores.ranked());
    map.put("scores_resamples", scores.resamples());
    map.putAll(mechanisms.toMap());
    return map;
  }
}
