package io.patchbay.analysis.semantics;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.RegressionProbe;
import io.patchbay.analysis.statistics.Split;
import java.util.Arrays;

/// Whether a number can be read linearly from activations: R² of a ridge regression on standardised
/// features, on a quarter of the observations that it was not trained on. Classes are read as their
/// numbers, and also one by one.
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

  /// How often a class is read rightly, beside how often the most frequent one is right.
  ///
  /// @param majority share, of those held out, of the class most frequent in training
  public record Accuracy(Interval right, double majority) {}

  /// The share of observations held out whose class has the largest of its linear read-outs: one
  /// ridge regression per class, on whether it is the class.
  ///
  /// @param classes one number per observation; those that are equal are one class
  /// @throws IllegalArgumentException when a class is missing on either part
  public static Accuracy accuracy(Matrix features, double[] classes, Bootstrap bootstrap) {
    Split split = Split.of(features.rows(), HELD_OUT, bootstrap.seed());
    double penalty = PENALTY * features.columns();
    double[] names = Arrays.stream(classes).distinct().sorted().toArray();
    int[] unseen = split.heldOut();
    Matrix judged = features.select(unseen);
    double[] best = new double[unseen.length];
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
    double[] right = new double[unseen.length];
    long frequent = -1;
    double majority = 0;
    for (double name : names) {
      double[] target = Arrays.stream(classes).map(c -> c == name ? 1 : 0).toArray();
      double[] read =
          RegressionProbe.train(features, target, split, penalty, bootstrap).predict(judged);
      for (int i = 0; i < unseen.length; i++) {
        if (read[i] > best[i]) {
          best[i] = read[i];
          right[i] = target[unseen[i]];
        }
      }
      long seen = Arrays.stream(split.training()).filter(r -> target[r] == 1).count();
      if (seen > frequent) {
        frequent = seen;
        majority = Arrays.stream(unseen).mapToDouble(r -> target[r]).average().orElse(0);
      }
    }
    return new Accuracy(bootstrap.mean(right), majority);
  }
}
