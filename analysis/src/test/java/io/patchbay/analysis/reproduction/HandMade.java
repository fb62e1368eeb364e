package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.FigureSize;
import io.patchbay.analysis.study.ScoreSizes;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Runs whose figures are given, one number per seed.
final class HandMade {
  static final int LATENT = 10;

  /// Enough to run every study on pictures of eight by eight.
  static final MeasureSizes SMALLEST =
      new MeasureSizes(
          new FigureSize(6, 4, 40),
          new ScoreSizes(100, 50, 4, 100, 20),
          new MechanismSizes(16, 8, 19, 4, 3, 1, 4, 19, 16, 8, 3));

  private record Key(Variant variant, int latent, long seed) {}

  private final Map<Key, Map<String, Interval>> figures = new HashMap<>();
  private final Map<Key, Map<String, String>> notes = new HashMap<>();
  private final Set<Key> blind = new HashSet<>();
  private final List<Key> order = new ArrayList<>();

  /// Figures with their intervals, and notes, of one run.
  HandMade with(
      final Variant variant,
      final long seed,
      final Map<String, Interval> intervals,
      final Map<String, String> noted) {
    key(variant, LATENT, seed).putAll(intervals);
    notes.put(new Key(variant, LATENT, seed), noted);
    return this;
  }

  /// A run whose control rows could tell nothing.
  HandMade blind(final Variant variant, final long seed) {
    key(variant, LATENT, seed);
    blind.add(new Key(variant, LATENT, seed));
    return this;
  }

  private Map<String, Interval> key(final Variant variant, final int latent, final long seed) {
    final var key = new Key(variant, latent, seed);
    if (!figures.containsKey(key)) {
      order.add(key);
    }
    return figures.computeIfAbsent(key, _ -> new HashMap<>());
  }

  HandMade with(
      final Variant variant, final int latent, final String measure, final double... perSeed) {
    for (int i = 0; i < perSeed.length; i++) {
      key(variant, latent, i + 1).put(measure, Interval.unbounded(perSeed[i], 100));
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
                    !blind.contains(k),
                    notes.getOrDefault(k, Map.of()),
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
        SMALLEST,
        Map.of());
  }

  Finding finding(final String id, final Integer... bottlenecks) {
    return finding(id, List.of(), bottlenecks);
  }

  Finding finding(final String id, final List<OtherData> beside, final Integer... bottlenecks) {
    return Findings.of(evidence().controlled(), plan(bottlenecks), 5, beside).stream()
        .filter(f -> f.id().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
