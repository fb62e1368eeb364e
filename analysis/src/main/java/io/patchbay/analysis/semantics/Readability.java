package io.patchbay.analysis.semantics;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.RegressionProbe;
import io.patchbay.analysis.statistics.Split;

/// Whether a number can be read linearly from activations: R² of a ridge regression on standardised
/// features, on a quarter of the observations that it was not trained on. Classes are read as their
/// numbers.
public final class Readability {
  private static final double HELD_OUT = 0.25;

  /// Per feature, as features say much the same and may be more than the observations.
  private static final double PENALTY = 0.25;

  private Readability() {}

  /// R² held out, below 0 where the mean would have done better.
  ///
  /// @param features `[observation][feature]`
  /// @param target one number per observation
  /// @throws IllegalArgumentException when the target is constant on either part
  public static Interval of(Matrix features, double[] target, Bootstrap bootstrap) {
    Split split = Split.of(features.rows(), HELD_OUT, bootstrap.seed());
    double penalty = PENALTY * features.columns();
    return RegressionProbe.train(features, target, split, penalty, bootstrap).heldOut();
  }
}
