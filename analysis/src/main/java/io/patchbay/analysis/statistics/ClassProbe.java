package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// A linear read-out of a class: logistic regression on features standardised by the training part,
/// judged by its accuracy on the part held out.
public final class ClassProbe {
  private final Standardisation standardisation;
  private final LogisticRegression regression;
  private final int[] values;
  private final double training;
  private final double majority;
  private final Interval heldOut;

  private ClassProbe(
      Standardisation standardisation,
      LogisticRegression regression,
      int[] values,
      double training,
      double majority,
      Interval heldOut) {
    this.standardisation = standardisation;
    this.regression = regression;
    this.values = values;
    this.training = training;
    this.majority = majority;
    this.heldOut = heldOut;
  }

  /// @param features `[observation][feature]`
  /// @param labels any integers
  /// @param inversePenalty C of [LogisticRegression]; 1 is usual
  /// @param bootstrap resamples the observations held out
  public static ClassProbe train(
      Matrix features, int[] labels, Split split, double inversePenalty, Bootstrap bootstrap) {
    split.require(features.rows());
    split.require(labels.length);
    int[] values = Arrays.stream(labels).distinct().sorted().toArray();
    int[] seen = classes(labels, split.training(), values);
    int[] unseen = classes(labels, split.heldOut(), values);
    Matrix training = features.select(split.training());
    Standardisation standardisation = new Standardisation(training);
    Matrix scaled = standardisation.apply(training);
    LogisticRegression regression =
        LogisticRegression.fit(scaled, seen, values.length, inversePenalty);
    double[] right =
        hits(unseen, regression.predict(standardisation.apply(features.select(split.heldOut()))));
    int[] frequent = new int[unseen.length];
    Arrays.fill(frequent, mostFrequent(seen, values.length));
    return new ClassProbe(
        standardisation,
        regression,
        values,
        mean(hits(seen, regression.predict(scaled))),
        mean(hits(unseen, frequent)),
        bootstrap.mean(right));
  }

  /// The most probable label of each row of features.
  public int[] predict(Matrix features) {
    int[] result = regression.predict(standardisation.apply(features));
    Arrays.setAll(result, i -> values[result[i]]);
    return result;
  }

  /// The mean label under the predicted distribution: a read-out that moves smoothly.
  public double[] expected(Matrix features) {
    Matrix probabilities = probabilities(features);
    double[] result = new double[features.rows()];
    for (int i = 0; i < result.length; i++) {
      for (int c = 0; c < values.length; c++) {
        result[i] += probabilities.at(i, c) * values[c];
      }
    }
    return result;
  }

  /// `[observation][class]`, classes in the order of [#labels].
  public Matrix probabilities(Matrix features) {
    return regression.probabilities(standardisation.apply(features));
  }

  /// The labels that occur, ascending.
  public int[] labels() {
    return values.clone();
  }

  /// Accuracy on the training part.
  public double training() {
    return training;
  }

  /// Accuracy, on the part held out, of always naming the class most frequent in training.
  public double majority() {
    return majority;
  }

  /// Accuracy on the part held out; n is its size.
  public Interval heldOut() {
    return heldOut;
  }

  public boolean converged() {
    return regression.converged();
  }

  private static int[] classes(int[] labels, int[] rows, int[] values) {
    int[] result = new int[rows.length];
    Arrays.setAll(result, i -> Arrays.binarySearch(values, labels[rows[i]]));
    return result;
  }

  private static double[] hits(int[] truth, int[] predicted) {
    double[] result = new double[truth.length];
    Arrays.setAll(result, i -> truth[i] == predicted[i] ? 1 : 0);
    return result;
  }

  private static int mostFrequent(int[] labels, int classes) {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = counts[c] > counts[best] ? c : best;
    }
    return best;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
