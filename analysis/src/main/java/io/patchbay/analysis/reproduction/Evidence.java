package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.TInterval;
import io.patchbay.vae.train.Variant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// The figures of all runs, to be asked by variant, latent size and measure.
record Evidence(List<RunFigures> runs) {
  Evidence {
    runs = List.copyOf(runs);
  }

  /// Of the runs whose control rows passed, which alone say what interventions do.
  Evidence controlled() {
    return new Evidence(runs.stream().filter(RunFigures::passed).toList());
  }

  /// The runs whose control rows could tell nothing.
  List<RunFigures> blind() {
    return runs.stream().filter(r -> !r.passed()).toList();
  }

  /// A figure by seed; seeds where it is undefined are missing.
  NavigableMap<Long, Double> values(final Variant variant, final int latent, final String measure) {
    final var values = new TreeMap<Long, Double>();
    for (final var run : runs) {
      if (run.variant() == variant && run.latent() == latent) {
        run.figure(measure).ifPresent(i -> values.put(run.seed(), i.estimate()));
      }
    }
    return values;
  }

  /// The mean over seeds; empty where no run has the figure.
  Optional<Interval> mean(final Variant variant, final int latent, final String measure) {
    return mean(values(variant, latent, measure).values());
  }

  static Optional<Interval> mean(final Collection<Double> values) {
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(TInterval.of(values.stream().mapToDouble(Double::doubleValue).toArray()));
  }

  /// a - b on the seeds that both have: the two share their seed's initial weights and inputs.
  static NavigableMap<Long, Double> difference(
      final NavigableMap<Long, Double> a, final NavigableMap<Long, Double> b) {
    final var differences = new TreeMap<Long, Double>();
    a.forEach((seed, value) -> {
      final var other = b.get(seed);
      if (other != null) {
        differences.put(seed, value - other);
      }
    });
    return differences;
  }

  /// The value of a seed that is there.
  static double at(final Map<Long, Double> values, final long seed) {
    return Objects.requireNonNull(values.get(seed), () -> "no figure: seed=" + seed);
  }

  /// What runs with these many latents note under a name, each `run: note`.
  List<String> notes(final int latent, final String name) {
    return runs.stream()
        .filter(r -> r.latent() == latent)
        .flatMap(r -> r.note(name).map(note -> r.run() + ": " + note).stream())
        .toList();
  }

  /// The variants with these many latents, in the order of the runs.
  List<Variant> variants(final int latent) {
    return runs.stream()
        .filter(r -> r.latent() == latent)
        .map(RunFigures::variant)
        .distinct()
        .toList();
  }

  /// The latent sizes, in the order of the runs.
  List<Integer> latents() {
    return runs.stream().map(RunFigures::latent).distinct().toList();
  }
}
