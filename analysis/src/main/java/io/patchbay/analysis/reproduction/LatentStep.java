package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.ModelFigures;
import java.util.LinkedHashMap;
import java.util.Map;

/// [Step#LATENTS].
final class LatentStep {
  /// The note of a run whose control rows could tell nothing.
  static final String BLIND = "blind";

  private LatentStep() {}

  static StepResult of(final Measured measured) {
    final var parts = ModelFigures.PARTS;
    final var figures =
        ModelFigures.of(
            measured.scene(),
            measured.untrained(),
            measured.sizes().figures(),
            part -> measured.hearing().at(part, parts.indexOf(part), parts.size()));
    final var found = new LinkedHashMap<String, Interval>();
    found.put(Measure.STRENGTH, figures.strength().model());
    found.put(Measure.UNTRAINED, figures.untrained().model());
    figures.spatial().bounded().ifPresent(i -> found.put("specificity_spatial", i));
    figures
        .semantic()
        .flatMap(s -> s.bounded())
        .ifPresent(i -> found.put("specificity_semantic", i));
    figures.modularity().model().ifPresent(i -> found.put("circuit_modularity", i));
    found.put(Measure.USED, Interval.unbounded(figures.used(), figures.size().codes()));
    found.put("elbo", figures.elbo());
    final int controls = figures.guard().controls().size();
    found.put("controls", Interval.unbounded(controls, Math.max(1, controls)));
    return new StepResult(
        found,
        figures.blind()
            ? Map.of(BLIND, "different inputs have one output, so that control rows tell nothing")
            : Map.of());
  }
}
