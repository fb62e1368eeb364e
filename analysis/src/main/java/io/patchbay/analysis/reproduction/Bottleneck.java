package io.patchbay.analysis.reproduction;

import io.patchbay.vae.train.Variant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Whether the KL weight of a beta-VAE is a bottleneck, and costs disentanglement, where there are
/// hardly more latents than factors. Everything is a beta-VAE's less that of a VAE of the same size
/// and seed.
final class Bottleneck {
  private static final Claim CLAIM =
      new Claim(
          "bottleneck",
          Claim.V3,
          "beta-VAE has a capacity bottleneck, which costs disentanglement, where the factors come"
              + " near the number of latents",
          "with the fewest latents a beta-VAE must have fewer active ones than a VAE, and a smaller"
              + " DCI disentanglement, by more than with the table's number of latents; held where"
              + " all three differences, taken seed by seed, say so with their whole 95 % t"
              + " interval over seeds; not held where one says the opposite so");

  private Bottleneck() {}

  static Finding of(final Evidence evidence, final ReproductionPlan plan, final int factors) {
    if (plan.bottlenecks().isEmpty()) {
      return Finding.notTested(
          CLAIM,
          "the models have "
              + plan.latent()
              + " latents for "
              + factors
              + " factors; --bottlenecks trains smaller ones too, as --paper does");
    }
    final int least = plan.bottlenecks().stream().mapToInt(d -> d).min().orElseThrow();
    final var small = more(evidence, least, Measure.DISENTANGLEMENT);
    final var change =
        Evidence.difference(small, more(evidence, plan.latent(), Measure.DISENTANGLEMENT));
    final var active = more(evidence, least, Measure.USED);
    change.keySet().retainAll(active.keySet());
    if (change.isEmpty()) {
      return Finding.notTested(
          CLAIM, "no seed has DCI and active latents of a VAE and a beta-VAE of both sizes");
    }
    small.keySet().retainAll(change.keySet());
    active.keySet().retainAll(change.keySet());
    final var all = List.of(active, small, change);
    final var wanted =
        all.stream().map(d -> Evidence.mean(negative(d).values()).orElseThrow()).toList();
    final var means = all.stream().map(d -> Evidence.mean(d.values()).orElseThrow()).toList();
    final long held =
        small.keySet().stream()
            .filter(s -> all.stream().allMatch(d -> Evidence.at(d, s) < 0))
            .count();
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("factors", factors);
    numbers.put("latents", least);
    numbers.put("active, beta-vae - vae", Json.interval(means.get(0)));
    numbers.put("beta-vae - vae", Json.interval(means.get(1)));
    numbers.put("change from " + plan.latent() + " latents", Json.interval(means.get(2)));
    for (final int d : List.of(least, plan.latent())) {
      for (final var variant : ReproductionPlan.SQUEEZED) {
        evidence
            .mean(variant, d, Measure.USED)
            .ifPresent(
                i -> numbers.put("active of " + variant.id() + " at " + d, Json.interval(i)));
      }
    }
    return new Finding(
        CLAIM,
        Findings.above(wanted),
        "with "
            + least
            + " latents for "
            + factors
            + " factors beta-vae - vae = "
            + ReproducedTable.text(means.get(0))
            + " active latents and "
            + ReproducedTable.text(means.get(1))
            + " DCI D, less that with "
            + plan.latent()
            + " = "
            + ReproducedTable.text(means.get(2)),
        (int) held,
        small.size(),
        numbers);
  }

  /// By how much a beta-VAE has more than a VAE, by seed.
  private static NavigableMap<Long, Double> more(
      final Evidence evidence, final int latent, final String measure) {
    return Evidence.difference(
        evidence.values(Variant.BETA_VAE, latent, measure),
        evidence.values(Variant.VAE, latent, measure));
  }

  private static NavigableMap<Long, Double> negative(final NavigableMap<Long, Double> values) {
    final var negative = new TreeMap<>(values);
    negative.replaceAll((_, value) -> -value);
    return negative;
  }
}
