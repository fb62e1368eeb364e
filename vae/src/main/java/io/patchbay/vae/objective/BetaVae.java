package io.patchbay.vae.objective;

/// reconstruction + beta KL (Higgins et al. 2017).
public record BetaVae(double beta) implements Objective {
  /// The default weight of the KL term.
  public static final double BETA = 4;

  public BetaVae {
    if (!(beta >= 0) || Double.isInfinite(beta)) {
      throw new IllegalArgumentException("beta must not be negative: beta=" + beta);
    }
  }

  @Override
  public String name() {
    return "beta-vae";
  }
}
