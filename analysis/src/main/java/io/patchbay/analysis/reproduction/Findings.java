package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.train.Variant;
import java.util.List;

/// Every finding of the paper, and what became of it.
final class Findings {
  static final String V1 = "v1";
  static final String V3 = "v3";

  /// The paper's order, by both of its figures.
  private static final List<Variant> ORDER =
      List.of(Variant.FACTOR_VAE, Variant.VAE, Variant.BETA_VAE);

  private Findings() {}

  /// @param factors how many vary in the data
  static List<Finding> of(final Evidence evidence, final ReproductionPlan plan, final int factors) {
    final int latent = plan.latent();
    return List.of(
        VariantOrder.of(
            "strength_order",
            "mean effect strength is larger in " + chain(),
            evidence,
            latent,
            ORDER,
            Measure.STRENGTH),
        VariantOrder.of(
            "disentanglement_order_dci",
            "disentanglement, by DCI here, is larger in " + chain(),
            evidence,
            latent,
            ORDER,
            Measure.DISENTANGLEMENT),
        VariantOrder.of(
            "disentanglement_order_mig",
            "disentanglement, by MIG here, is larger in " + chain(),
            evidence,
            latent,
            ORDER,
            Measure.GAP),
        UnitKinds.of(evidence, plan),
        Circuits.of(evidence, plan),
        FactorGraphs.of(evidence, plan),
        TradeOff.of(evidence, latent),
        Bottleneck.of(evidence, plan, factors),
        Finding.notTested(
            "no_winner",
            V3,
            "no variant wins on all data sets",
            "one data set, " + plan.data() + ", was looked at"),
        Finding.notTested(
            "discrete_codes",
            V3,
            "continuous interventions give a causal effect strength near zero on VQ-VAE",
            "there is no VQ-VAE to train here"),
        Finding.notTested(
            "more_variants",
            V3,
            "the same figures of beta-TC-VAE and DIP-VAE-II",
            "neither can be trained here"));
  }

  private static String chain() {
    return String.join(" > ", ORDER.stream().map(Variant::id).toList());
  }

  /// Whether intervals that a claim wants above zero speak for it: all of them must.
  static Status above(final List<Interval> wanted) {
    if (wanted.stream().allMatch(i -> i.low() > 0)) {
      return Status.HELD;
    }
    return wanted.stream().anyMatch(i -> i.high() < 0) ? Status.NOT_HELD : Status.UNDECIDED;
  }
}
