package io.patchbay.engine.random;

/// The stream number of every use of random numbers. Two uses never share a stream, so their draws
/// are independent under one seed. A number, once given, is never changed: results depend on it.
public final class Streams {
  /// Noise of the reparameterisation, keyed by (input, draw).
  public static final int EPS = 1;

  /// Which other input a marginal or posterior resample takes.
  public static final int RESAMPLE = 2;

  /// Noise added by an intervention.
  public static final int NOISE = 3;

  /// Order of the examples of an epoch.
  public static final int SHUFFLE = 4;

  /// Initial weights.
  public static final int INIT = 5;

  /// Examples of a batch drawn with replacement, or pairs of inputs.
  public static final int BATCH = 6;

  /// Bootstrap draws.
  public static final int BOOTSTRAP = 7;

  /// The permuted codes of FactorVAE, per latent.
  public static final int PERMUTE = 8;

  /// Permuted labels of a null distribution.
  public static final int LABELS = 9;

  /// Flipped signs of a null distribution.
  public static final int SIGNS = 10;

  /// Train, validation and test parts of a data set.
  public static final int SPLIT = 11;

  /// Factor values and rendering of generated data.
  public static final int FACTORS = 12;

  /// Random graphs with the same degrees.
  public static final int GRAPHS = 13;

  /// Cells of a sweep that are computed again by the dense plan.
  public static final int AUDIT = 14;

  /// The random number of a custom patch op, keyed by (input, draw, unit).
  public static final int PATCH = 15;

  /// Samples drawn by a metric.
  public static final int METRIC = 16;

  /// Initial and restarted codes of a codebook.
  public static final int CODEBOOK = 17;

  /// The order in which an estimate takes inputs, and units drawn to audit it.
  public static final int ESTIMATE = 18;

  /// The first number free for a user's own streams; those below are kept for this library.
  public static final int FIRST_FREE = 1024;

  private Streams() {}
}
