package io.patchbay.bench.jmh;

/// The dense layers of the reference net `conv4`.
public enum Dense {
  /// The encoder's, from what its convolutions make.
  ENCODER(1024, 256),
  /// The means, or the log-variances.
  HEAD(256, 10),
  /// The decoder's first, from latents.
  LATENT(10, 256),
  /// The decoder's second, to what its convolutions take.
  DECODER(256, 1024);

  private final int inputs;
  private final int outputs;

  Dense(final int inputs, final int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }
}
