package io.patchbay.analysis.study;

/// Hears how far a [ScoreStudy] is. Called on the thread of the study.
@FunctionalInterface
public interface ScoreProgress {
  /// What is counted.
  enum Part {
    /// Codes of inputs, of which each different one is encoded once.
    CODES,

    /// Scores, from codes alone.
    SCORES
  }

  /// @param what is being done, in a few words
  void update(Part part, long done, long total, String what);
}
