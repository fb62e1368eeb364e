package io.patchbay.analysis.report;

import java.util.List;

/// Disentanglement scores of one model.
///
/// @param mode `corrected`, or `as-published` where a published number rests on a defect
public record ScoreTable(String mode, List<Score> scores) {
  public ScoreTable {
    scores = List.copyOf(scores);
  }

  /// One score.
  ///
  /// @param note what a reader must know, or empty
  public record Score(String name, Estimate value, String note) {}
}
