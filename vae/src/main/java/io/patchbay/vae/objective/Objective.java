package io.patchbay.vae.objective;

/// What training minimises.
public sealed interface Objective permits VaeObjective, BetaVae, AnnealedVae, FactorVae {
  /// The name of the variant, as the command line takes it.
  String name();
}
