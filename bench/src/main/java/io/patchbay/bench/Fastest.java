package io.patchbay.bench;

import java.util.List;

/// Finds the fastest of several forms.
final class Fastest {
  private Fastest() {}

  /// Index of the form with the best median of a few interleaved trials, after one to warm up.
  static int of(
      final List<? extends Timed> forms,
      final Meter meter,
      final Meter.Clock clock,
      final int trials) {
    if (forms.size() == 1) {
      meter.rate(forms.getFirst(), clock);
      return 0;
    }
    final var rates = new double[forms.size()][trials];
    for (int trial = -1; trial < trials; trial++) {
      for (int i = 0; i < forms.size(); i++) {
        rates[i][Math.max(0, trial)] = meter.rate(forms.get(i), clock);
      }
    }
    int best = 0;
    for (int i = 1; i < rates.length; i++) {
      if (Pairs.Spread.of(rates[i]).median() > Pairs.Spread.of(rates[best]).median()) {
        best = i;
      }
    }
    return best;
  }
}
