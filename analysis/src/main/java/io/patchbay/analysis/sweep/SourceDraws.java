package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.random.Normals;

/// Noise that cells take: by the plan's seed and the base input, never by a place in a batch.
record SourceDraws(SweepPlan plan) {
  /// Normals keyed by the input, the draw and, so that two sites' noise is independent, the place.
  float[] normals(final Site site, final long row, final int stream, final int place) {
    final var values = new float[plan.sources() * site.size()];
    for (int k = 0; k < plan.sources(); k++) {
      final int draw = place * plan.sources() + k;
      Normals.fill(plan.seed(), stream, row, draw, values, k * site.size(), site.size());
    }
    return values;
  }
}
