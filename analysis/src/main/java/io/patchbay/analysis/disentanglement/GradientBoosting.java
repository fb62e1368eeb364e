package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Gradient boosting of classes (Friedman 2001): each round fits a least-squares tree to the
/// gradient of the multinomial deviance of every class, and moves the class's score by `rate` times
/// one Newton step per leaf. Two classes share one score, their log-odds. Scores begin at the
/// classes' log frequencies.
///
/// With 100 rounds, depth 3 and rate 0.1 it is what scikit-learn's classifier does by default, but
/// for its random choice between equal splits.
public final class GradientBoosting {
  private static final double TINY = 1e-150;

  private final RegressionTree[][] trees;
  private final double[] start;
  private final double rate;
  private final int classes;
  private final double[] importances;

  private GradientBoosting(
      final RegressionTree[][] trees,
      final double[] start,
      final double rate,
      final int classes,
      final double[] importances) {
    this.trees = trees;
    this.start = start;
    this.rate = rate;
    this.classes = classes;
    this.importances = importances;
  }

  /// @param rounds how many trees each class gets
  /// @param depth of each tree
  /// @param rate of learning, in (0, 1]
  public record Settings(int rounds, int depth, double rate) {
    /// 100 rounds, depth 3, rate 0.1.
    public static final Settings STANDARD = new Settings(100, 3, 0.1);

    public Settings {
      if (rounds < 1 || depth < 1 || !(rate > 0 && rate <= 1)) {
        throw new IllegalArgumentException(
            "boosting: rounds=" + rounds + ", depth=" + depth + ", rate=" + rate);
      }
    }
  }

  /// @param x `[observation][feature]`
  /// @param labels one class per observation, 0 to classes - 1, each class at least once
  /// @throws IllegalArgumentException when sizes differ, a class is missing, or there is one only
  public static GradientBoosting fit(
      final Matrix x, final int[] labels, final int classes, final Settings settings) {
    if (x.rows() != labels.length || x.columns() < 1 || classes < 2) {
      throw new IllegalArgumentException(
          "boosting: observations="
              + x.rows()
              + ", features="
              + x.columns()
              + ", labels="
              + labels.length
              + ", classes="
              + classes);
    }
    final double[][] columns = columns(x);
    final int[][] orders = RegressionTree.orders(columns);
    final int scores = classes == 2 ? 1 : classes;
    final double[] start = start(labels, classes);
    final double[][] score = new double[scores][labels.length];
    for (int s = 0; s < scores; s++) {
      Arrays.fill(score[s], start[s]);
    }
    final var trees = new RegressionTree[settings.rounds()][scores];
    final double[][] gains = new double[scores][x.columns()];
    for (int round = 0; round < settings.rounds(); round++) {
      final double[][] gradients = gradients(score, labels);
      final var mine = trees[round];
      IntStream.range(0, scores)
          .parallel()
          .forEach(s -> {
            final double[] gradient = gradients[s];
            mine[s] =
                RegressionTree.grow(
                    columns,
                    orders,
                    gradient,
                    settings.depth(),
                    members -> newton(gradient, members, scores),
                    gains[s]);
            for (int i = 0; i < labels.length; i++) {
              score[s][i] += settings.rate() * mine[s].value(columns, i);
            }
          });
    }
    return new GradientBoosting(trees, start, settings.rate(), classes, shares(gains));
  }

  private static double[] start(final int[] labels, final int classes) {
    final double[] counts = new double[classes];
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "label: observation=" + i + ", label=" + labels[i] + ", classes=" + classes);
      }
      counts[labels[i]]++;
    }
    for (int c = 0; c < classes; c++) {
      if (counts[c] == 0) {
        throw new IllegalArgumentException("class without observations: class=" + c);
      }
    }
    return classes == 2
        ? new double[] {Math.log(counts[1] / counts[0])}
        : Arrays.stream(counts).map(count -> Math.log(count / labels.length)).toArray();
  }

  /// Indicator less probability, `[score][observation]`.
  private static double[][] gradients(final double[][] score, final int[] labels) {
    final double[][] result = new double[score.length][labels.length];
    if (score.length == 1) {
      for (int i = 0; i < labels.length; i++) {
        result[0][i] = labels[i] - 1 / (1 + Math.exp(-score[0][i]));
      }
      return result;
    }
    for (int i = 0; i < labels.length; i++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (final double[] mine : score) {
        largest = Math.max(largest, mine[i]);
      }
      double sum = 0;
      for (int s = 0; s < score.length; s++) {
        result[s][i] = Math.exp(score[s][i] - largest);
        sum += result[s][i];
      }
      for (int s = 0; s < score.length; s++) {
        result[s][i] = (labels[i] == s ? 1 : 0) - result[s][i] / sum;
      }
    }
    return result;
  }

  /// One Newton step on the deviance of a leaf's members: sum g / sum |g| (1 - |g|), times (K - 1)
  /// / K where each class has a score. |g| (1 - |g|) is p (1 - p).
  private static double newton(final double[] gradient, final int[] members, final int scores) {
    double slope = 0;
    double curvature = 0;
    for (final int i : members) {
      slope += gradient[i];
      curvature += Math.abs(gradient[i]) * (1 - Math.abs(gradient[i]));
    }
    if (curvature < TINY) {
      return 0;
    }
    return (scores == 1 ? 1 : (scores - 1.0) / scores) * slope / curvature;
  }

  private static double[] shares(final double[][] gains) {
    final double[] shares = new double[gains[0].length];
    double total = 0;
    for (final double[] mine : gains) {
      for (int f = 0; f < shares.length; f++) {
        shares[f] += mine[f];
        total += mine[f];
      }
    }
    for (int f = 0; f < shares.length; f++) {
      shares[f] = total > 0 ? shares[f] / total : 0;
    }
    return shares;
  }

  /// Each feature's share of the decrease of squared error over all splits; all 0 without a split.
  public double[] importances() {
    return importances.clone();
  }

  /// The scores of each class, `[observation][class]`, or the log-odds of the second of two.
  public double[][] scores(final Matrix x) {
    final double[][] columns = columns(x);
    final double[][] result = new double[x.rows()][start.length];
    for (int i = 0; i < result.length; i++) {
      for (int s = 0; s < start.length; s++) {
        double score = start[s];
        for (final var round : trees) {
          score += rate * round[s].value(columns, i);
        }
        result[i][s] = score;
      }
    }
    return result;
  }

  /// The class with the largest score, the first of equals.
  public int[] predict(final Matrix x) {
    return Arrays.stream(scores(x)).mapToInt(this::largest).toArray();
  }

  private int largest(final double[] score) {
    if (classes == 2) {
      return score[0] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int s = 1; s < score.length; s++) {
      best = score[s] > score[best] ? s : best;
    }
    return best;
  }

  private static double[][] columns(final Matrix x) {
    return IntStream.range(0, x.columns()).mapToObj(x::column).toArray(double[][]::new);
  }
}
