package io.patchbay.vae.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The terms of the objective on one batch, each a mean over its images.
///
/// @param terms by name, as [io.patchbay.vae.objective.TrainingGraph#terms] has them
/// @param klPerLatent nats
public record Losses(Map<String, Double> terms, List<Double> klPerLatent) {
  public Losses {
    terms = Map.copyOf(terms);
    klPerLatent = List.copyOf(klPerLatent);
  }

  /// One term.
  ///
  /// @throws IllegalArgumentException when the objective has none of that name
  public double term(final String name) {
    final var value = terms.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no such term: name=" + name + ", terms=" + terms.keySet());
    }
    return value;
  }

  /// The name of a term that is not a finite number, if there is one.
  @Nullable String nonFinite() {
    for (final var entry : terms.entrySet()) {
      if (!Double.isFinite(entry.getValue())) {
        return entry.getKey();
      }
    }
    return null;
  }

  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    terms.keySet().stream().sorted().forEach(name -> map.put(name, term(name)));
    map.put("kl_per_latent", klPerLatent);
    return map;
  }
}
