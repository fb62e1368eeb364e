package io.patchbay.analysis.sweep.folder;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.engine.Precision;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What a sweep computes: every choice that its numbers depend on.
///
/// @param places the sites that one intervention changes together, at least one
/// @param values for every operation that takes one; empty when none does
/// @param sources other inputs per base, or draws of a resampling operation; at least 1
/// @param draws of the noise of the codes, keyed by (seed, base input, draw); 0 = the codes are
///   means
/// @param inputs base inputs
/// @param metric `l2`, `l1`, `mu`, `site:NAME`, or `factor:K`
/// @param pool where other inputs are drawn from
/// @param precision of the operands of what carries a change to what is measured
public record SweepPlan(
    List<Place> places,
    List<Double> values,
    int sources,
    int draws,
    int inputs,
    String metric,
    long seed,
    Pool pool,
    Precision precision) {
  /// Where the sources of a base are drawn from.
  public enum Pool {
    /// All inputs of the data set.
    DATA,
    /// The sweep's own base inputs, whose activations are computed once.
    INPUTS
  }

  /// The default grid of a latent.
  public static final List<Double> GRID = List.of(-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0);

  static final String FACTOR = "factor:";
  private static final int MOST_INPUTS = 10_000_000;

  public SweepPlan {
    places = List.copyOf(places);
    values = List.copyOf(values);
    if (places.isEmpty()) {
      throw new BadInputException("--site", "places", "none", "at least one site");
    }
    final var ops = String.join(", ", places.stream().map(Place::op).toList());
    final boolean takesValue = places.stream().anyMatch(p -> p.operation().takesValue());
    if (takesValue && values.isEmpty()) {
      throw new BadInputException("--values", ops, "no values", "at least one number");
    }
    if (!takesValue && !values.isEmpty()) {
      throw new BadInputException("--values", ops, "values", "none, no operation takes a value");
    }
    if (places.stream().allMatch(p -> p.operation().source() == Source.BASE)) {
      throw new BadInputException(
          "--op", ops, "no change", "another --site with an operation that changes something");
    }
    for (final double value : values) {
      if (!Float.isFinite((float) value)) {
        throw new BadInputException("--values", ops, "" + value, "finite numbers of 32 bits");
      }
    }
    positive("--sources", sources, 1, 100_000);
    positive("--draws", draws, 0, 100_000);
    positive("--inputs", inputs, 1, MOST_INPUTS);
    final long each = Math.max(1, draws) * (long) sources;
    if (each > SitePatch.DRAWS && places.stream().anyMatch(p -> p.operation().readsRandom())) {
      throw new BadInputException(
          "--sources", "sources x draws", "" + each, "at most " + SitePatch.DRAWS);
    }
    if (pool == Pool.INPUTS && (inputs < 2 || !batched(places, draws, metric))) {
      throw new BadInputException(
          "--sources-from",
          "inputs",
          ops + ", inputs=" + inputs,
          "an interchange or a mean at one site, without noise, on at least two inputs");
    }
    if (precision != Precision.FP32 && !batched(places, draws, metric)) {
      throw new BadInputException(
          "--precision",
          precision.label(),
          ops + ", metric=" + metric,
          "an op on one site's units, without noise, measured in the image or in mu; or fp32");
    }
  }

  /// In float32.
  public SweepPlan(
      final List<Place> places,
      final List<Double> values,
      final int sources,
      final int draws,
      final int inputs,
      final String metric,
      final long seed,
      final Pool pool) {
    this(places, values, sources, draws, inputs, metric, seed, pool, Precision.FP32);
  }

  /// Sources are drawn from all of the data.
  public SweepPlan(
      final List<Place> places,
      final List<Double> values,
      final int sources,
      final int draws,
      final int inputs,
      final String metric,
      final long seed) {
    this(places, values, sources, draws, inputs, metric, seed, Pool.DATA);
  }

  /// An intervention at one site.
  public SweepPlan(
      final String site,
      final String units,
      final String op,
      final List<Double> values,
      final int sources,
      final int draws,
      final int inputs,
      final String metric,
      final long seed) {
    this(List.of(new Place(site, units, op)), values, sources, draws, inputs, metric, seed);
  }

  private static void positive(
      final String option, final int value, final int least, final int most) {
    if (value < least || value > most) {
      throw new BadInputException(
          option,
          Integer.toString(value),
          "out of range",
          "a number from " + least + " to " + most);
    }
  }

  /// Whether each cell is one patch at one site, measured in one norm, without noise: the cells of
  /// several inputs can be computed together then.
  public boolean batched() {
    return batched(places, draws, metric);
  }

  private static boolean batched(final List<Place> places, final int draws, final String metric) {
    return places.size() == 1
        && draws == 0
        && !metric.startsWith(FACTOR)
        && !(places.getFirst().operation() instanceof Operation.Subspace)
        && switch (places.getFirst().operation().source()) {
          case NONE, OTHER_INPUT, MEAN -> true;
          case BASE, RENDERED, POSTERIOR, NOISE -> false;
        };
  }

  /// The base inputs, drawn by the seed: rows of the data.
  public long[] rows(final FactorDataset data) {
    final var random = new PhiloxRandom(seed, Streams.METRIC, 0, 0);
    final var rows = new long[inputs];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (long) (random.nextDouble() * data.size());
    }
    return rows;
  }

  /// The first op of the user's own, where there is one.
  public Optional<PatchOp> own() {
    return places.stream()
        .flatMap(place ->
            place.operation() instanceof Operation.Custom(var op) ? Stream.of(op) : Stream.empty())
        .findFirst();
  }

  /// Sources that each value is combined with.
  public int sourcesPerValue() {
    return places.stream().anyMatch(p -> drawn(p.operation())) ? sources : 1;
  }

  /// Rows of the tables of sources, which all sites have as many of.
  public int sourceRows() {
    final boolean rendered =
        places.stream().anyMatch(p -> p.operation().source() == Source.RENDERED);
    return Math.max(sourcesPerValue(), rendered ? values.size() : 1);
  }

  /// Whether an operation takes as many sources as the plan has.
  public static boolean drawn(final Operation operation) {
    return switch (operation.source()) {
      case NONE, MEAN, BASE, RENDERED -> operation.readsRandom();
      case OTHER_INPUT, POSTERIOR, NOISE -> true;
    };
  }

  /// Values or sources: the third axis of the effects.
  public int variations() {
    return Math.multiplyExact(Math.max(1, values.size()), sourcesPerValue());
  }

  /// The value and source of a variation, in words.
  public String variation(final int index) {
    final int sources = sourcesPerValue();
    final var value = values.isEmpty() ? "" : "value=" + values.get(index / sources);
    final var source = sources > 1 ? "source=" + index % sources : "";
    return value + (value.isEmpty() || source.isEmpty() ? "" : ",") + source;
  }

  /// Draws of the noise, at least one column.
  public int columns() {
    return Math.max(1, draws);
  }

  /// The norm to compute; empty where a factor is read out.
  public Optional<Effect> effect() {
    return switch (metric) {
      case "l2" -> Optional.of(Effect.IMAGE);
      case "l1" -> Optional.of(new Effect(Effect.Kind.L1, "output"));
      case "mu" -> Optional.of(Effect.MU);
      default -> {
        if (metric.startsWith(FACTOR)) {
          yield Optional.empty();
        }
        if (!metric.startsWith("site:")) {
          throw new BadInputException(
              "--metric", metric, "no such metric", "l2, l1, mu, site:NAME or factor:K");
        }
        yield Optional.of(new Effect(Effect.Kind.L2, metric.substring("site:".length())));
      }
    };
  }

  /// The factor whose read-out is measured.
  public Optional<String> factor() {
    return metric.startsWith(FACTOR)
        ? Optional.of(metric.substring(FACTOR.length()))
        : Optional.empty();
  }

  /// The site at which the effect is measured.
  public String measured() {
    return effect().map(Effect::site).orElse("output");
  }

  /// What an effect is, in words.
  public String meaning() {
    return switch (metric) {
      case "l2" -> "L2 norm of the change of the image";
      case "l1" -> "sum of the absolute changes of the image";
      default ->
          factor()
              .map(k ->
                  "change of the read-out of "
                      + k
                      + ", signed, in standard deviations of the factor; means are of its size")
              .orElse("L2 norm of the change of " + measured());
    };
  }

  /// For `plan.json`; the sites after the first stand under `joint`.
  public Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.putAll(places.getFirst().toMap());
    if (places.size() > 1) {
      map.put("joint", places.stream().skip(1).map(Place::toMap).toList());
    }
    map.put("values", values);
    map.put("sources", sources);
    map.put("draws", draws);
    map.put("inputs", inputs);
    map.put("metric", metric);
    map.put("seed", seed);
    map.put("precision", precision.label());
    if (pool == Pool.INPUTS) {
      map.put("sources_from", "inputs");
    }
    return map;
  }
}
