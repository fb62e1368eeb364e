package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Operations;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a sweep computes: every choice that its numbers depend on.
///
/// @param units see [io.patchbay.analysis.intervention.UnitSelection]
/// @param op one of [Operations]
/// @param values of an operation that takes one; empty otherwise
/// @param sources other inputs per base, or draws of a resampling operation; at least 1
/// @param draws of the noise of the codes, keyed by (seed, base input, draw); 0 = the codes are
///   means
/// @param inputs base inputs
/// @param metric `l2`, `l1`, `mu`, `site:NAME`, or `factor:K`
public record SweepPlan(
    String site,
    String units,
    String op,
    List<Double> values,
    int sources,
    int draws,
    int inputs,
    String metric,
    long seed) {
  /// The default grid of a latent.
  public static final List<Double> GRID = List.of(-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0);

  private static final String FACTOR = "factor:";
  private static final int MOST_INPUTS = 10_000_000;

  public SweepPlan {
    values = List.copyOf(values);
    final var operation = Operations.named(op);
    if (operation.takesValue() && values.isEmpty()) {
      throw new BadInputException("--values", op, "no values", "at least one number");
    }
    if (!operation.takesValue() && !values.isEmpty()) {
      throw new BadInputException("--values", op, "values", "none, this operation takes no value");
    }
    for (final double value : values) {
      if (!Double.isFinite(value)) {
        throw new BadInputException("--values", op, "found " + value, "finite numbers");
      }
    }
    positive("--sources", sources, 1, 100_000);
    positive("--draws", draws, 0, 100_000);
    positive("--inputs", inputs, 1, MOST_INPUTS);
    if (operation.source() == Source.POSTERIOR
        && !site.equals("latent.z")
        && !site.equals("encoder.mu")) {
      throw new BadInputException("--op", op, "site " + site, "latent.z or encoder.mu");
    }
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

  Operation operation() {
    return Operations.named(op);
  }

  /// Values or sources: the third axis of the effects.
  int variations() {
    final var source = operation().source();
    final boolean drawn = source != Source.NONE && source != Source.MEAN;
    return Math.max(1, values.size()) * (drawn ? sources : 1);
  }

  /// Draws of the noise, at least one column.
  int columns() {
    return Math.max(1, draws);
  }

  /// The norm to compute; empty where a factor is read out.
  Optional<Effect> effect() {
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
  Optional<String> factor() {
    return metric.startsWith(FACTOR)
        ? Optional.of(metric.substring(FACTOR.length()))
        : Optional.empty();
  }

  /// The site at which the effect is measured.
  String measured() {
    return effect().map(Effect::site).orElse("output");
  }

  /// What an effect is, in words.
  String meaning() {
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

  /// A plan from a JSON file with the fields that `plan.json` has; none may be missing or unknown.
  ///
  /// @throws BadInputException naming the file and what is wrong in it
  public static SweepPlan read(final Path file) {
    final String text;
    try {
      text = Files.readString(file);
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "plan", e);
    }
    try {
      final var fields = JsonMapper.shared().readTree(text);
      final var known =
          new SweepPlan("latent.z", "all", "zero", List.of(), 1, 0, 1, "l2", 0).toMap();
      final var names = new TreeSet<>(fields.propertyNames());
      if (!names.equals(new TreeSet<>(known.keySet()))) {
        throw new BadInputException(file, "fields", names.toString(), known.keySet().toString());
      }
      if (!fields.path("precision").asString().equals("fp32")) {
        throw new BadInputException(file, "precision", fields.path("precision").toString(), "fp32");
      }
      return new SweepPlan(
          fields.path("site").stringValue(),
          fields.path("units").stringValue(),
          fields.path("op").stringValue(),
          fields.path("values").valueStream().map(JsonNode::doubleValue).toList(),
          fields.path("sources").intValue(),
          fields.path("draws").intValue(),
          fields.path("inputs").intValue(),
          fields.path("metric").stringValue(),
          fields.path("seed").longValue());
    } catch (final JacksonException e) {
      throw new BadInputException(
          file, "plan", e.getOriginalMessage(), "a JSON object as plan.json has it");
    }
  }

  /// For `plan.json`.
  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("site", site);
    map.put("units", units);
    map.put("op", op);
    map.put("values", values);
    map.put("sources", sources);
    map.put("draws", draws);
    map.put("inputs", inputs);
    map.put("metric", metric);
    map.put("seed", seed);
    map.put("precision", "fp32");
    return map;
  }
}
