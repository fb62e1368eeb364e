package io.patchbay.bench;

/// One implementation of one workload in one fixed form (layout, batch), ready to run.
///
/// A contestant keeps its own inputs and is used by one thread at a time. Everything that a real
/// user would do once (packing weights, creating primitives, copying the pool) is done before.
public interface Contestant extends Timed {
  /// Learning rate of the training step, Adam with 0.9, 0.999 and 1e-8.
  double LEARNING_RATE = 1e-4;

  /// The result of the last run, copied out: see [Output].
  float[] result();

  /// What [#result()] holds.
  Output output();

  /// Kinds of results; float64 has a value for each.
  enum Output {
    /// Sigmoided images, `(batch, 1, 64, 64)`.
    IMAGES,
    /// Sum of squared pixel differences from the reference image, `(batch)`.
    EFFECTS,
    /// Means then log-variances, `(batch, 20)`.
    CODES,
    /// The step's loss, one value; a run changes the weights.
    LOSS,
    /// A layer's output, `(batch, C, H, W)`.
    ACTIVATIONS
  }
}
