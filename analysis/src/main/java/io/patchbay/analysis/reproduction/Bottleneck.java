package io.patchbay.analysis.reproduction;

import io.patchbay.vae.train.Variant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Whether the KL weight of a beta-VAE costs disentanglement where there are hardly more latents
/// than factors. With D the DCI disentanglement of a beta-VAE less that of a VAE of the same size
/// and seed, it held where D at the smallest size is below zero, and below D at the size of the
/// table, both with their whole t interval.
final class Bottleneck {
  private static final String ID = "bottleneck";
  private static final String CLAIM =
      "the capacity bottleneck of beta-VAE costs disentanglement where the factors come near the"
          + " number of latents";

  private Bottleneck() {}

  static Finding of(final Evidence evidence, final ReproductionPlan plan, final int factors) {
    if (plan.bottlenecks().isEmpty()) {
      return Finding.notTested(
          ID,
          Findings.V3,
          CLAIM,
          "the models have "
              + plan.latent()
              + " latents for "
              + factors
              + " factors; --bottlenecks trains smaller ones too, as --paper does");
    }
    final int least = plan.bottlenecks().stream().mapToInt(d -> d).min().orElseThrow();
    final var small = cost(evidence, least);
    final var change = Evidence.difference(small, cost(evidence, plan.latent()));
    if (change.isEmpty()) {
      return Finding.notTested(
          ID, Findings.V3, CLAIM, "no seed has DCI of a VAE and a beta-VAE of both sizes");
    }
    small.keySet().retainAll(change.keySet());
    final var lost = Evidence.mean(negative(small).values()).orElseThrow();
    final var more = Evidence.mean(negative(change).values()).orElseThrow();
    final var here = Evidence.mean(small.values()).orElseThrow();
    final var changed = Evidence.mean(change.values()).orElseThrow();
    final long held =
        small.keySet().stream()
            .filter(s -> Evidence.at(small, s) < 0 && Evidence.at(change, s) < 0)
            .count();
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("factors", factors);
    numbers.put("latents", least);
    numbers.put("beta-vae - vae", Json.interval(here));
    numbers.put("change from " + plan.latent() + " latents", Json.interval(changed));
    for (final int d : List.of(least, plan.latent())) {
      for (final var variant : ReproductionPlan.SQUEEZED) {
        evidence
            .mean(variant, d, Measure.USED)
            .ifPresent(
                i -> numbers.put("active of " + variant.id() + " at " + d, Json.interval(i)));
      }
    }
    return new Finding(
        ID,
        Findings.V3,
        CLAIM,
        Findings.above(List.of(lost, more)),
        "with "
            + least
            + " latents for "
            + factors
            + " factors DCI D of beta-vae - vae = "
            + ReproducedTable.text(here)
            + ", less that with "
            + plan.latent()
            + " = "
            + ReproducedTable.text(changed),
        (int) held,
        small.size(),
        numbers);
  }

  /// D by seed.
  private static NavigableMap<Long, Double> cost(final Evidence evidence, final int latent) {
    return Evidence.difference(
        evidence.values(Variant.BETA_VAE, latent, Measure.DISENTANGLEMENT),
        evidence.values(Variant.VAE, latent, Measure.DISENTANGLEMENT));
  }

  private static NavigableMap<Long, Double> negative(final NavigableMap<Long, Double> values) {
    final var negative = new TreeMap<>(values);
    negative.replaceAll((_, value) -> -value);
    return negative;
  }
}
