package io.patchbay.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;

/// The [Rounds] of two sides, A B A B.
///
/// @param kept the pairs that count
/// @param dropped how many did not
record Pairs(List<Pair> kept, int dropped) {
  /// @param ours rate of our side
  /// @param peer rate of the other side, NaN where there is none
  /// @param alone rate of our side on one thread by the same clock, NaN where that is `ours`
  /// @param peak mean of the ceilings before and after, GFLOP/s
  record Pair(double ours, double peer, double alone, double peak) {
    double ratio() {
      return ours / peer;
    }
  }

  /// Median, smallest and largest.
  record Spread(double median, double min, double max) {
    static Spread of(final double[] values) {
      if (values.length == 0) {
        return new Spread(Double.NaN, Double.NaN, Double.NaN);
      }
      final double[] sorted = values.clone();
      Arrays.sort(sorted);
      final int n = sorted.length;
      final double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
      return new Spread(median, sorted[0], sorted[n - 1]);
    }
  }

  /// Measures until `count` pairs are kept, or six times as many have been tried.
  static Pairs measure(
      final int count,
      final DoubleSupplier ours,
      final DoubleSupplier peer,
      final DoubleSupplier alone,
      final DoubleSupplier peak) {
    final var rounds = Rounds.measure(count, List.of(ours, peer, alone), peak);
    return new Pairs(
        rounds.kept().stream()
            .map(round -> new Pair(round.rate(0), round.rate(1), round.rate(2), round.peak()))
            .toList(),
        rounds.dropped());
  }

  Spread ours() {
    return Spread.of(kept.stream().mapToDouble(Pair::ours).toArray());
  }

  Spread peer() {
    return Spread.of(kept.stream().mapToDouble(Pair::peer).toArray());
  }

  Spread ratio() {
    return Spread.of(kept.stream().mapToDouble(Pair::ratio).toArray());
  }

  /// Our rate over our rate on one thread.
  Spread scaling() {
    return Spread.of(kept.stream().mapToDouble(p -> p.ours() / p.alone()).toArray());
  }

  /// Our share of the ceiling, where one unit of the rate costs `flop` operations.
  Spread fraction(final double flop) {
    return Spread.of(kept.stream().mapToDouble(p -> p.ours() * flop * 1e-9 / p.peak()).toArray());
  }
}
