package io.patchbay.vae.model;

import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;

/// The encoder's posterior: mean and log-variance of each latent, both (axis; d).
public record Latent(Node mu, Node logvar) {
  /// The divergence of each latent's posterior from the standard normal in nats, (axis; d): `(mu^2
  /// + exp(s) - s - 1) / 2` (Kingma and Welling 2014, appendix B).
  public Node kl() {
    final var variance = Ops.sub(Ops.exp(logvar), logvar);
    return Ops.mul(Ops.add(Ops.add(Ops.square(mu), variance), -1), 0.5);
  }
}
