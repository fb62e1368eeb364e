package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// A linear read-out of a number: ridge regression on features standardised by the training part,
/// judged by R² = 1 - residual / total sum of squares on the part held out.
public final class RegressionProbe {
  private final Standardisation standardisation;
  private final Ridge ridge;
  private final double training;
  private final Interval heldOut;

  private RegressionProbe(
      Standardisation standardisation, Ridge ridge, double training, Interval heldOut) {
    this.standardisation = standardisation;
    this.ridge = ridge;
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
    split.require(target.length);
    if (!(penalty > 0)) {
      throw new IllegalArgumentException("probe penalty must be positive: penalty=" + penalty);
    }
    Matrix y = Matrix.ofColumn(target);
    Matrix training = features.select(split.training());
    Standardisation standardisation = new Standardisation(training);
    Ridge ridge = Ridge.fit(standardisation.apply(training), y.select(split.training()), penalty);
    RegressionProbe fitted =
        new RegressionProbe(standardisation, ridge, 0, Interval.unbounded(0, 1));
    double[] seen = y.select(split.training()).column(0);
    double[] unseen = y.select(split.heldOut()).column(0);
    double[] fit = fitted.predict(training);
    double[] forecast = fitted.predict(features.select(split.heldOut()));
    int[] once = new int[seen.length];
    Arrays.fill(once, 1);
    double trainingScore = Finite.require("R² on training part", rSquared(seen, fit, once));
    Interval heldOut =
        bootstrap.statistic(unseen.length, counts -> rSquared(unseen, forecast, counts));
    return new RegressionProbe(standardisation, ridge, trainingScore, heldOut);
  }

  /// One prediction per row of features.
  public double[] predict(Matrix features) {
    return ridge.predict(standardisation.apply(features)).column(0);
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
