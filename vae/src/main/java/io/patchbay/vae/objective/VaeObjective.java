package io.patchbay.vae.objective;

/// The negative evidence lower bound (Kingma and Welling 2014): reconstruction + KL.
public record VaeObjective() implements Objective {
  @Override
  public String name() {
    return "vae";
  }
}
