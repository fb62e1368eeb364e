package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.BatchCounts;

/// How much a [ScoreStudy] draws.
///
/// @param training inputs that classifiers learn from, points of the beta-VAE score, votes of the
///   FactorVAE score, inputs of every score that learns nothing
/// @param test inputs, points and votes that they are judged on
/// @param batch inputs, or pairs of inputs, behind a vote or point
/// @param ranked inputs that models are compared on
/// @param resamples of each interval
public record ScoreSizes(int training, int test, int batch, int ranked, int resamples) {
  /// As in disentanglement_lib.
  public static final ScoreSizes STANDARD = of(10_000);

  /// For a first look.
  public static final ScoreSizes QUICK = new ScoreSizes(1_000, 500, 32, 500, 200);

  /// Fewer inputs do not hold each value of a factor.
  public static final int LEAST = 100;

  private static final int BATCH = 64;
  private static final int RANKED = 1_000;
  private static final int RESAMPLES = 2_000;

  public ScoreSizes {
    if (training < LEAST || test < LEAST / 2 || batch < 2 || ranked < LEAST || resamples < 1) {
      throw new IllegalArgumentException(
          "sizes of scores: training="
              + training
              + ", test="
              + test
              + ", batch="
              + batch
              + ", ranked="
              + ranked
              + ", resamples="
              + resamples);
    }
  }

  /// So many to learn from and half as many to be judged on; batches, and models to compare, as in
  /// disentanglement_lib.
  public static ScoreSizes of(final int samples) {
    return new ScoreSizes(samples, samples / 2, BATCH, Math.min(samples, RANKED), RESAMPLES);
  }

  BatchCounts batches() {
    return new BatchCounts(training, test, batch);
  }

  /// Codes that the scores of batches ask for.
  long batchCodes() {
    return 3L * batch * (training + test) + training;
  }
}
