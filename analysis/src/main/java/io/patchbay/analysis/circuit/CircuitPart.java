package io.patchbay.analysis.circuit;

/// The part of a model whose edges a circuit is made of; what lies after it runs whole.
public enum CircuitPart {
  /// From the latents to the image.
  DECODER("latent.z", "output"),
  /// From the image to the latents.
  ENCODER("input", "encoder.mu");

  private final String from;
  private final String to;

  CircuitPart(final String from, final String to) {
    this.from = from;
    this.to = to;
  }

  String from() {
    return from;
  }

  String to() {
    return to;
  }
}
