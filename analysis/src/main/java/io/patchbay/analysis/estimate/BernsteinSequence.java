package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;

/// Of values between known bounds: the predictable plug-in empirical Bernstein confidence sequence
/// without replacement (Waudby-Smith and Ramdas 2020, *Confidence sequences for sampling without
/// replacement*, Theorem 3.2). It holds for every population, whatever its size and shape, and pays
/// for that with a width that is never less than `range log(2 / error) / n`, about.
///
/// With u the values on [0, 1], the mean m of all N and S the sum of those before, the next value
/// is expected to be `C(m) = (N m - S) / (N - i + 1)`. For any weight w < 1 that is chosen before
/// the value is seen, `exp(sum w (u - C(m)) - sum (u - guess)² (-log(1 - w) - w))` is a
/// supermartingale that begins at 1 (Fan, Grama and Liu 2015; Howard and others 2021), and so is
/// its mirror image; each exceeds `2 / error` with probability `error / 2` at most (Ville). Solved
/// for m; bounds of earlier looks stay.
final class BernsteinSequence implements ConfidenceSequence {
  /// Weights above this gain nothing and let one value end all.
  private static final double LARGEST_WEIGHT = 0.9;

  /// Variance before the first value, that of the widest spread on [0, 1].
  private static final double FIRST_VARIANCE = 0.25;

  private final int population;
  private final double error;
  private final double low;
  private final double range;
  private int n;
  private double sum;
  private double squares;
  private double weighted;
  private double weights;
  private double penalty;
  private double bestLow;
  private double bestHigh = 1;

  /// @param low least of the values
  /// @param high largest of the values
  BernsteinSequence(final int population, final double error, final double low, final double high) {
    this.population = population;
    this.error = error;
    this.low = low;
    this.range = high - low;
  }

  @Override
  public void add(final double value) {
    final double u = (value - low) / range;
    if (!(u >= 0 && u <= 1)) {
      throw new IllegalArgumentException(
          "not between its bounds: value=" + value + ", low=" + low + ", high=" + (low + range));
    }
    final double logs = Math.log(2 / error);
    final double guess = n == 0 ? 0 : sum / n;
    final double variance = (FIRST_VARIANCE + squares) / (n + 1);
    final double free = Math.sqrt(2 * logs / (variance * (n + 1) * Math.log(n + 2)));
    final double weight = Math.min(LARGEST_WEIGHT, free);
    final double left = population - n;
    weighted += weight * (u + sum / left);
    weights += weight * population / left;
    penalty += (u - guess) * (u - guess) * (-Math.log1p(-weight) - weight);
    n++;
    sum += u;
    squares += (u - guess) * (u - guess);
    final double half = (logs + penalty) / weights;
    bestLow = Math.max(bestLow, Math.max(weighted / weights - half, sum / population));
    bestHigh =
        Math.min(
            bestHigh, Math.min(weighted / weights + half, (sum + population - n) / population));
  }

  @Override
  public Interval interval() {
    final double mean = low + range * sum / n;
    if (n == population) {
      return new Interval(mean, mean, mean, n);
    }
    // Bounds that cross have lost the mean; the interval is then that of neither.
    return bestLow <= bestHigh
        ? new Interval(mean, low + range * bestLow, low + range * bestHigh, n)
        : new Interval(mean, low + range * bestHigh, low + range * bestLow, n);
  }
}
