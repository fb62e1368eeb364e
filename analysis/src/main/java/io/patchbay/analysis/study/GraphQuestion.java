package io.patchbay.analysis.study;

import io.patchbay.vae.io.BadInputException;

/// What a [GraphStudy] is asked.
///
/// @param inputs base inputs
/// @param threshold least effect of an edge, in standard deviations of the factor that is read
/// @param rate false discovery rate
/// @param shuffles draws of the null of shuffled factors
public record GraphQuestion(int inputs, double threshold, double rate, int shuffles) {
  private static final int FEWEST = 8;

  /// 200 inputs, effects from 0.1, 5 % false discoveries, 99 shuffles.
  public static final GraphQuestion STANDARD = new GraphQuestion(200, 0.1, 0.05, 99);

  /// @throws BadInputException naming the option that is out of range
  public GraphQuestion {
    if (inputs < FEWEST) {
      throw new BadInputException("--inputs", "value", "" + inputs, "a number from " + FEWEST);
    }
    if (!(threshold >= 0 && threshold <= Double.MAX_VALUE)) {
      throw new BadInputException("--threshold", "value", "" + threshold, "a number from 0");
    }
    if (!(rate > 0 && rate < 1)) {
      throw new BadInputException("--fdr", "value", "" + rate, "a rate in (0, 1)");
    }
    if (shuffles < 1) {
      throw new BadInputException("--shuffles", "value", "" + shuffles, "a number from 1");
    }
  }
}
