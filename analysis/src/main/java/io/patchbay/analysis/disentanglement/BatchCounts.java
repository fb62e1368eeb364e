package io.patchbay.analysis.disentanglement;

/// How often the scores of batches with a common factor draw.
///
/// @param training points that the classifier learns from
/// @param judged points that it is judged on
/// @param batch inputs, or pairs of inputs, of a point
public record BatchCounts(int training, int judged, int batch) {
  /// 10,000, 5,000 and 64, as in disentanglement_lib.
  public static final BatchCounts STANDARD = new BatchCounts(10_000, 5_000, 64);

  // Codes that are asked for at once.
  private static final int ROWS = 1 << 15;

  public BatchCounts {
    if (training < 1 || judged < 1 || batch < 2) {
      throw new IllegalArgumentException(
          "batch counts: training=" + training + ", judged=" + judged + ", batch=" + batch);
    }
  }

  /// Points whose codes are asked for at once, when each has so many inputs.
  static int chunk(final int inputs) {
    return Math.max(1, ROWS / inputs);
  }
}
