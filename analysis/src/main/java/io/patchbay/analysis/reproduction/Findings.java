package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.train.Variant;
import java.util.List;

/// Every finding of the paper, and what became of it.
final class Findings {
  /// The paper's order, by both of its figures.
  private static final List<Variant> ORDER =
      List.of(Variant.FACTOR_VAE, Variant.VAE, Variant.BETA_VAE);

  private static final String UNTESTED = "it needs models that cannot be trained here";

  private Findings() {}

  /// @param factors how many vary in the data
  /// @param beside what was found on other data
  static List<Finding> of(
      final Evidence evidence,
      final ReproductionPlan plan,
      final int factors,
      final List<OtherData> beside) {
    final int latent = plan.latent();
    return List.of(
        VariantOrder.of(
            order("strength_order", "mean effect strength"),
            evidence,
            latent,
            ORDER,
            Measure.STRENGTH),
        VariantOrder.of(
            order("disentanglement_order_dci", "disentanglement, by DCI here,"),
            evidence,
            latent,
            ORDER,
            Measure.DISENTANGLEMENT),
        VariantOrder.of(
            order("disentanglement_order_mig", "disentanglement, by MIG here,"),
            evidence,
            latent,
            ORDER,
            Measure.GAP),
        UnitKinds.of(evidence, plan),
        Circuits.of(evidence, plan),
        FactorGraphs.of(evidence, plan),
        TradeOff.of(evidence, latent),
        Bottleneck.of(evidence, plan, factors),
        Winners.of(evidence, plan, beside),
        Finding.notTested(
            new Claim(
                "discrete_codes",
                Claim.V3,
                "continuous interventions give a causal effect strength near zero on VQ-VAE",
                UNTESTED),
            "there is no VQ-VAE to train here"),
        Finding.notTested(
            new Claim(
                "more_variants",
                Claim.V3,
                "the same figures of beta-TC-VAE and DIP-VAE-II",
                UNTESTED),
            "neither can be trained here"));
  }

  private static Claim order(final String id, final String what) {
    return new Claim(
        id,
        Claim.V1,
        what + " is larger in " + String.join(" > ", ORDER.stream().map(Variant::id).toList()),
        VariantOrder.RULE);
  }

  /// Whether intervals that a claim wants above zero speak for it: all of them must.
  static Status above(final List<Interval> wanted) {
    if (wanted.stream().allMatch(i -> i.low() > 0)) {
      return Status.HELD;
    }
    return wanted.stream().anyMatch(i -> i.high() < 0) ? Status.NOT_HELD : Status.UNDECIDED;
  }
}
