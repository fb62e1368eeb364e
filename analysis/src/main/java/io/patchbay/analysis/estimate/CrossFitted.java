package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.TInterval;

/// The mean of a finite population of which a random part is known, with the help of a control that
/// is known of all: `mean of all controls * b + mean of the part's (value - b * control)`.
///
/// The slope b is fitted without the value that it is used on: for each value i of the part, the n
/// - 1 others are taken as known, and i as a random draw from the rest, whose mean control is known
///   exactly. Each of these n estimates is unbiased given the others, whatever the population is,
///   and so is their mean (Mickey 1959, *Some finite population unbiased ratio and regression
///   estimators*; a slope fitted on the values that it is used on is biased, by the order of 1/n).
///
/// The interval is Student's with n - 2 degrees of freedom; its variance is that of the residuals
/// of the leave-one-out predictions, with the finite population correction. That is a jackknife
/// variance, a little large where it errs (MacKinnon and White 1985, HC3), and the side of a long
/// tail is wider, see [Moments]. One part in n of the variance is that without a control: a control
/// that is right on all inputs but a few, as a gradient is that holds until a ReLU flips, shows no
/// residual until one of these is drawn, and for all that the part tells one in n is. It rests on
/// the central limit theorem: it is unbounded under [#FEWEST_VALUES] known values that are not
/// zero.
///
/// @param mean n is the size of the part
/// @param correlation squared correlation of values and controls, as the leave-one-out predictions
///   show it: 1 - their squared residuals over those of the mean; negative where a control does
///   harm
/// @param equivalent how many values would have to be known for an interval as narrow without a
///   control
public record CrossFitted(Interval mean, double correlation, double equivalent) {
  static final int FEWEST_VALUES = 16;

  /// Below this share of the spread of the controls, what one of them leaves is rounding.
  private static final double ROUNDING = 1e-12;

  private static final double LEVEL = 0.95;

  /// @param controls of the whole population
  /// @param part the places of the known values, at least 3 of them
  /// @param values the known values
  static CrossFitted of(final double[] controls, final int[] part, final double[] values) {
    final int all = controls.length;
    final int n = part.length;
    if (n < 3 || n > all || values.length != n) {
      throw new IllegalArgumentException(
          "part of a population: n=" + n + ", values=" + values.length + ", all=" + all);
    }
    double total = 0;
    for (final double control : controls) {
      total += control;
    }
    double controlMean = 0;
    double valueMean = 0;
    int effects = 0;
    for (int i = 0; i < n; i++) {
      controlMean += controls[part[i]] / n;
      valueMean += values[i] / n;
      effects += values[i] == 0 ? 0 : 1;
    }
    double spread = 0;
    double shared = 0;
    for (int i = 0; i < n; i++) {
      final double a = controls[part[i]] - controlMean;
      spread += a * a;
      shared += a * (values[i] - valueMean);
    }
    final double more = n / (n - 1.0);
    double estimate = valueMean;
    final var residuals = new Moments();
    double squares = 0;
    double plain = 0;
    for (int i = 0; i < n; i++) {
      final double a = controls[part[i]] - controlMean;
      final double y = values[i] - valueMean;
      final double left = spread - more * a * a;
      final double slope = left > ROUNDING * spread ? (shared - more * a * y) / left : 0;
      final double rest = total - n * controlMean - (all - n) * controls[part[i]];
      estimate += slope * rest / all / n;
      final double residual = more * (y - slope * a);
      residuals.add(residual);
      squares += residual * residual;
      plain += more * y * more * y;
    }
    final double share = plain == 0 ? 1 : squares / plain;
    final double cautious = share + (1 - share) / n;
    final double open = 1.0 / n - 1.0 / all;
    final var mean =
        n == all
            ? new Interval(estimate, estimate, estimate, n)
            : effects < FEWEST_VALUES
                ? Interval.unbounded(estimate, n)
                : residuals.interval(
                    estimate,
                    Math.sqrt(cautious * plain / n),
                    TInterval.quantile((1 + LEVEL) / 2, n - 2),
                    1 / open);
    return new CrossFitted(mean, 1 - share, 1 / (1.0 / all + open * cautious));
  }
}
