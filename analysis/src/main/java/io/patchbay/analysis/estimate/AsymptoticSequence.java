package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;

/// Of values without a bound: an asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha,
/// Kennedy and Ramdas 2024, *Time-uniform central limit theory and asymptotic confidence
/// sequences*, Annals of Statistics 52, Theorem 2.2: Robbins' normal mixture with the estimated
/// variance). What the central limit theorem is for an interval at a fixed size, strong
/// approximation is for this: the error is that asked for in the limit of a late first look, and
/// near it in samples that are not too few or too skewed; [Bounds.Asymptotic] says what was tried.
///
/// Without replacement the mean of the first n of N values, less that of all and times n / (N - n),
/// is a martingale (Serfling 1974) whose variance is that of a Brownian motion at the time t = n /
/// (1 - n / N). So t stands where the theorem has n: the finite population correction of a fixed
/// size, `variance / n (1 - n / N)`, is `variance / t`. The half width, with s the standard
/// deviation and r tuned to a time t0 between the first look and the end, is
///
/// `s z / sqrt(t)` with `z² = (1 + r / t) (log(1 + t / r) + 2 log(1 / error))`,
///
/// and the side of a long tail is wider, see [Moments].
final class AsymptoticSequence implements ConfidenceSequence {
  private final int population;
  private final double error;
  private final int fewest;
  private final int fewestEffects;
  private final double tuning;
  private final Moments moments = new Moments();
  private int effects;

  /// @param fewest values before the first interval
  /// @param fewestEffects of them that are not 0: many zeros and one large value look like no
  ///   spread at all until it comes
  AsymptoticSequence(
      final int population, final double error, final int fewest, final int fewestEffects) {
    this.population = population;
    this.error = error;
    this.fewest = fewest;
    this.fewestEffects = fewestEffects;
    final double twice = -2 * Math.log(error);
    this.tuning = Math.sqrt((double) fewest * population) / (twice + Math.log(twice) + 1);
  }

  @Override
  public void add(final double value) {
    moments.add(value);
    effects += value == 0 ? 0 : 1;
  }

  @Override
  public Interval interval() {
    final int n = moments.n();
    final double mean = moments.mean();
    if (n == population) {
      return new Interval(mean, mean, mean, n);
    }
    if (n < fewest || effects < fewestEffects) {
      return Interval.unbounded(mean, n);
    }
    final double time = n / (1 - (double) n / population);
    final double z =
        Math.sqrt((1 + tuning / time) * (Math.log1p(time / tuning) - 2 * Math.log(error)));
    return moments.interval(mean, moments.deviation(), z, time);
  }
}
