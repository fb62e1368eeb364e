package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.LogisticRegression;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.Standardisation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Explicitness (Ridgeway and Mozer, NeurIPS 2018), computed as in disentanglement_lib: logistic
/// regression (C = 1) on the standardised codes predicts each factor, and the score is the area
/// under the ROC curve of each class against the rest, a mean over the factor's classes and then
/// over factors. It is not rescaled: chance is 1/2.
///
/// A class that the judged part has not, or has alone, has no curve and is left out of the mean, as
/// is a factor without any.
///
/// @param score on the test part; n is its size, which the interval resamples with the regressions
///   held fixed
/// @param training on the training part, resampled likewise
/// @param converged whether every regression came to its optimum
public record Explicitness(Interval score, Interval training, boolean converged) {

  /// The inputs by ascending score for one class: equals share a group.
  record Curve(int factor, int[] order, int[] groups, boolean[] members) {}

  /// @throws IllegalArgumentException when the parts differ, or no factor has several classes
  public static Explicitness of(
      final Samples train, final Samples test, final Bootstrap bootstrap) {
    train.requireAlike(test);
    final int[] varying = train.requireVarying("explicitness", 1, 1);
    final var standardisation = new Standardisation(train.codes());
    final var seen = standardisation.apply(train.codes());
    final var unseen = standardisation.apply(test.codes());
    final var models = new LogisticRegression[varying.length];
    final int[][] classes = new int[varying.length][];
    IntStream.range(0, varying.length)
        .parallel()
        .forEach(k -> {
          classes[k] = train.classes(varying[k]);
          final int count = classes[k].length;
          models[k] =
              LogisticRegression.fit(
                  seen, train.labels(varying[k], classes[k]), count, inversePenalty(count));
        });
    final var learnt = new ArrayList<Curve>();
    final var judged = new ArrayList<Curve>();
    for (int k = 0; k < varying.length; k++) {
      learnt.addAll(curves(k, models[k], seen, train.labels(varying[k], classes[k]), classes[k]));
      judged.addAll(curves(k, models[k], unseen, test.labels(varying[k], classes[k]), classes[k]));
    }
    return new Explicitness(
        bootstrap.statistic(test.codes().rows(), counts -> mean(judged, varying.length, counts)),
        bootstrap.statistic(train.codes().rows(), counts -> mean(learnt, varying.length, counts)),
        Arrays.stream(models).allMatch(LogisticRegression::converged));
  }

  /// C of [LogisticRegression] for C = 1 of scikit-learn's: with two classes that has one vector of
  /// weights where this has two, w / 2 and - w / 2, whose squares sum to half of its square.
  static double inversePenalty(final int classes) {
    return classes == 2 ? 0.5 : 1;
  }

  private static List<Curve> curves(
      final int factor,
      final LogisticRegression model,
      final Matrix codes,
      final int[] labels,
      final int[] classes) {
    final var probabilities = model.probabilities(codes);
    return IntStream.range(0, classes.length)
        .parallel()
        .mapToObj(c -> curve(factor, probabilities.column(c), labels, c))
        .toList();
  }

  static Curve curve(final int factor, final double[] scores, final int[] labels, final int label) {
    final var sorted = new Integer[scores.length];
    Arrays.setAll(sorted, i -> i);
    Arrays.sort(sorted, Comparator.comparingDouble(i -> scores[i]));
    final int[] order = new int[sorted.length];
    final int[] groups = new int[sorted.length];
    final boolean[] members = new boolean[sorted.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = sorted[i];
      members[i] = labels[order[i]] == label;
      if (i > 0) {
        groups[i] = groups[i - 1] + (scores[order[i]] > scores[order[i - 1]] ? 1 : 0);
      }
    }
    return new Curve(factor, order, groups, members);
  }

  /// Mean over factors of the mean over their classes; NaN where no class has a curve.
  private static double mean(final List<Curve> curves, final int factors, final int[] counts) {
    final double[] sums = new double[factors];
    final int[] numbers = new int[factors];
    for (final var curve : curves) {
      final double area = area(curve, counts);
      if (!Double.isNaN(area)) {
        sums[curve.factor] += area;
        numbers[curve.factor]++;
      }
    }
    return IntStream.range(0, factors)
        .filter(k -> numbers[k] > 0)
        .mapToDouble(k -> sums[k] / numbers[k])
        .average()
        .orElse(Double.NaN);
  }

  /// The share of pairs of a member and another in which the member scores higher, ties for half.
  static double area(final Curve curve, final int[] counts) {
    double higher = 0;
    long below = 0;
    long members = 0;
    for (int i = 0; i < curve.order.length; ) {
      final int group = curve.groups[i];
      long mine = 0;
      long others = 0;
      for (; i < curve.order.length && curve.groups[i] == group; i++) {
        final int count = counts[curve.order[i]];
        if (curve.members[i]) {
          mine += count;
        } else {
          others += count;
        }
      }
      higher += mine * (below + others / 2.0);
      below += others;
      members += mine;
    }
    return members == 0 || below == 0 ? Double.NaN : higher / ((double) members * below);
  }
}
