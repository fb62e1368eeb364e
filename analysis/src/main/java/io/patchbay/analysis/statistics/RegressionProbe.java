package io.patchbay.analysis.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A linear read-out of a number: ridge regression on features standardised by the training part,
/// each by itself or all alike, judged by R² = 1 - residual / total sum of squares on the part held
/// out.
public final class RegressionProbe {
  private final Standardisation standardisation;
  private final Ridge ridge;
  private final int target;
  private final double training;
  private final Interval heldOut;

  private RegressionProbe(
      Standardisation standardisation, Ridge ridge, int target, double training, Interval heldOut) {
    this.standardisation = standardisation;
    this.ridge = ridge;
    this.target = target;
    this.training = training;
    this.heldOut = heldOut;
  }

  /// @param features `[observation][feature]`
  /// @param penalty of the ridge, above 0; 1 is usual
  /// @param bootstrap resamples the observations held out
  /// @throws IllegalArgumentException when the target is constant on either part
  public static RegressionProbe train(
      Matrix features, double[] target, Split split, double penalty, Bootstrap bootstrap) {
    split.require(features.rows());
    Standardisation scales = new Standardisation(features.select(split.training()));
    Matrix targets = Matrix.ofColumn(target);
    return train(features, targets, split, penalty, bootstrap, scales).getFirst();
  }

  /// One probe per column of `targets`, all from one decomposition of the features, which are
  /// scaled alike, as is right for features of one unit, such as pixels: one that hardly varies in
  /// training has little say, also where it varies more.
  ///
  /// @param targets `[observation][target]`
  /// @param share penalty of the ridge, as a share of the sum of all features' variances, above 0
  /// @throws IllegalArgumentException when a target is constant on either part
  public static List<RegressionProbe> trainOnOneScale(
      Matrix features, Matrix targets, Split split, double share, Bootstrap bootstrap) {
    split.require(features.rows());
    Standardisation scale = Standardisation.onOneScale(features.select(split.training()));
    // The mean variance is 1 on that scale.
    return train(features, targets, split, share * features.columns(), bootstrap, scale);
  }

  private static List<RegressionProbe> train(
      Matrix features,
      Matrix targets,
      Split split,
      double penalty,
      Bootstrap bootstrap,
      Standardisation standardisation) {
    split.require(targets.rows());
    if (!(penalty > 0)) {
      throw new IllegalArgumentException("probe penalty must be positive: penalty=" + penalty);
    }
    Matrix scaled = standardisation.apply(features.select(split.training()));
    Matrix seen = targets.select(split.training());
    Matrix unseen = targets.select(split.heldOut());
    Ridge ridge = Ridge.fit(scaled, seen, penalty);
    Matrix fit = ridge.predict(scaled);
    Matrix forecast = ridge.predict(standardisation.apply(features.select(split.heldOut())));
    int[] once = new int[seen.rows()];
    Arrays.fill(once, 1);
    List<RegressionProbe> probes = new ArrayList<>();
    for (int t = 0; t < targets.columns(); t++) {
      double[] truth = unseen.column(t);
      double[] predicted = forecast.column(t);
      double trainingScore =
          Finite.require("R² on training part", rSquared(seen.column(t), fit.column(t), once));
      Interval heldOut =
          bootstrap.statistic(truth.length, counts -> rSquared(truth, predicted, counts));
      probes.add(new RegressionProbe(standardisation, ridge, t, trainingScore, heldOut));
    }
    return List.copyOf(probes);
  }

  /// One prediction per row of features.
  public double[] predict(Matrix features) {
    return ridge.predict(standardisation.apply(features)).column(target);
  }

  /// R² on other observations.
  ///
  /// @throws IllegalArgumentException when the target is constant there
  public double score(Matrix features, double[] truth) {
    int[] once = new int[truth.length];
    Arrays.fill(once, 1);
    return Finite.require("R² on other observations", rSquared(truth, predict(features), once));
  }

  /// How the prediction changes with a feature, both as they are given.
  public double slope(int feature) {
    return ridge.weight(target, feature) * standardisation.factor(feature);
  }

  /// How much the prediction grows with each feature: it is affine in them.
  public double[] slopes() {
    double[] result = new double[standardisation.columns()];
    Arrays.setAll(result, this::slope);
    return result;
  }

  /// The prediction where every feature is 0.
  public double intercept() {
    return ridge.intercept(target) - standardisation.atMeans(slopes());
  }

  /// R² on the training part.
  public double training() {
    return training;
  }

  /// R² on the part held out; n is its size.
  public Interval heldOut() {
    return heldOut;
  }

  // NaN for a constant target.
  private static double rSquared(double[] truth, double[] predicted, int[] counts) {
    double sum = 0;
    long total = 0;
    for (int i = 0; i < truth.length; i++) {
      sum += counts[i] * truth[i];
      total += counts[i];
    }
    double mean = sum / total;
    double residual = 0;
    double spread = 0;
    for (int i = 0; i < truth.length; i++) {
      residual += counts[i] * (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
      spread += counts[i] * (truth[i] - mean) * (truth[i] - mean);
    }
    return spread <= 1e-24 * mean * mean * total ? Double.NaN : 1 - residual / spread;
  }
}
