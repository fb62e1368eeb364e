package io.patchbay.analysis.estimate;

/// How many of a finite population have a property, at most, as a random sample without replacement
/// tells: the largest number under which so few in the sample would not be rarer than the error
/// (the exact one-sided bound of Clopper and Pearson, for the hypergeometric distribution). It
/// holds for every population.
final class CountBound {
  private CountBound() {}

  /// @param population its size
  /// @param sample how many were looked at
  /// @param found how many of them have the property
  /// @param error probability that there are more than the bound, at most
  static int of(final int population, final int sample, final int found, final double error) {
    if (found < 0 || found > sample || sample > population) {
      throw new IllegalArgumentException(
          "count: population=" + population + ", sample=" + sample + ", found=" + found);
    }
    final var logs = logFactorials(population);
    int low = found;
    int high = population - (sample - found);
    while (low < high) {
      final int middle = (low + high + 1) >>> 1;
      if (atMost(logs, population, middle, sample, found) > error) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// The probability of at most `found` in the sample where `having` of all have the property.
  private static double atMost(
      final double[] logs,
      final int population,
      final int having,
      final int sample,
      final int found) {
    double sum = 0;
    for (int x = Math.max(0, sample - (population - having)); x <= Math.min(found, having); x++) {
      sum +=
          Math.exp(
              choose(logs, having, x)
                  + choose(logs, population - having, sample - x)
                  - choose(logs, population, sample));
    }
    return sum;
  }

  private static double choose(final double[] logs, final int n, final int k) {
    return logs[n] - logs[k] - logs[n - k];
  }

  private static double[] logFactorials(final int most) {
    final var logs = new double[most + 1];
    for (int i = 1; i <= most; i++) {
      logs[i] = logs[i - 1] + Math.log(i);
    }
    return logs;
  }
}
