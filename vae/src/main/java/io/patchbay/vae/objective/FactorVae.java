package io.patchbay.vae.objective;

/// reconstruction + KL + gamma TC, the total correlation estimated by a discriminator between codes
/// and codes whose latents are permuted over the batch, each on its own (Kim and Mnih 2018).
///
/// Both networks are updated in each step from the values before it. The discriminator learns with
/// Adam at its own rate and betas 0.5 and 0.9.
///
/// @param rate the discriminator's learning rate
public record FactorVae(
    double gamma, Convention convention, Discriminator discriminator, double rate)
    implements Objective {
  /// The default weight of the total correlation.
  public static final double GAMMA = 10;

  /// The discriminator's default learning rate.
  public static final double RATE = 1e-4;

  /// Where the permuted codes come from.
  public enum Convention {
    /// The same batch, as in Locatello et al. 2019.
    ONE_BATCH,
    /// A second, independent batch, as in algorithm 2 of the paper.
    TWO_BATCHES
  }

  public FactorVae {
    if (!(gamma >= 0) || Double.isInfinite(gamma) || !(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException(
          "total correlation: gamma=" + gamma + ", discriminator rate=" + rate);
    }
  }

  @Override
  public String name() {
    return "factor-vae";
  }
}
