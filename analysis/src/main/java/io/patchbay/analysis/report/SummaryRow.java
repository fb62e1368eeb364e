package io.patchbay.analysis.report;

import org.jspecify.annotations.Nullable;

/// The headline figures of one variant; a figure that was not computed is null, one that has no
/// value here is [Estimate#undefined].
///
/// @param causalEffectStrength mean over units of the mean L2 change of the output image
/// @param spatialSpecificity bounded form over output elements, mean over active units, in [0, 1]
/// @param semanticSpecificity bounded form over generative factors, in [0, 1]
/// @param circuitModularity 1 - mean |rho| between the circuits of active latents, in [0, 1]
/// @param mutualInformationGap MIG, in [0, 1]
/// @param elbo evidence lower bound, in nats per image
/// @param activeLatents latents whose KL is at least the threshold
/// @param latents size of the latent code
/// @param inputs base inputs that the figures were taken on
public record SummaryRow(
    @Nullable Estimate causalEffectStrength,
    @Nullable Estimate spatialSpecificity,
    @Nullable Estimate semanticSpecificity,
    @Nullable Estimate circuitModularity,
    @Nullable Estimate mutualInformationGap,
    @Nullable Estimate elbo,
    int activeLatents,
    int latents,
    long inputs) {

  public SummaryRow {
    if (activeLatents < 0 || activeLatents > latents) {
      throw new IllegalArgumentException(
          "summary: activeLatents=" + activeLatents + ", latents=" + latents);
    }
  }
}
