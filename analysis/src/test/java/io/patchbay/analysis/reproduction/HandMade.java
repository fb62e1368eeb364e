package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.FigureSize;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs whose figures are given, one number per seed.
final class HandMade {
  static final int LATENT = 10;

  private record Key(Variant variant, int latent, long seed) {}

  private final Map<Key, Map<String, Interval>> figures = new HashMap<>();
  private final List<Key> order = new ArrayList<>();

  HandMade with(
      final Variant variant, final int latent, final String measure, final double... perSeed) {
    for (int i = 0; i < perSeed.length; i++) {
      final var key = new Key(variant, latent, i + 1);
      if (!figures.containsKey(key)) {
        figures.put(key, new HashMap<>());
        order.add(key);
      }
      figures.get(key).put(measure, Interval.unbounded(perSeed[i], 100));
    }
    return this;
  }

  HandMade with(final Variant variant, final String measure, final double... perSeed) {
    return with(variant, LATENT, measure, perSeed);
  }

  Evidence evidence() {
    return new Evidence(
        order.stream()
            .map(k ->
                new RunFigures(
                    k.variant().id() + "-" + k.seed(),
                    k.variant(),
                    k.seed(),
                    k.latent(),
                    "paper",
                    4,
                    figures.getOrDefault(k, Map.of())))
            .toList());
  }

  static ReproductionPlan plan(final Integer... bottlenecks) {
    return new ReproductionPlan(
        "by hand",
        "sprites",
        ReproductionPlan.VARIANTS,
        3,
        10,
        LATENT,
        List.of(bottlenecks),
        List.of(),
        new FigureSize(2, 2, 2, 2, 1),
        1);
  }

  Finding finding(final String id, final Integer... bottlenecks) {
    return Findings.of(evidence(), plan(bottlenecks), 5).stream()
        .filter(f -> f.id().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
