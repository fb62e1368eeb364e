package io.patchbay.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;

/// Interleaved measurements of two sides, A B A B, with the machine's FMA ceiling before and after
/// each pair. A pair during which the ceiling moved by more than 5 % is dropped and counted: the
/// machine was not the same for both sides.
///
/// @param kept the pairs that count
/// @param dropped how many did not
record Pairs(List<Pair> kept, int dropped) {
  private static final double STEADY = 0.05;

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
    final var kept = new ArrayList<Pair>();
    int dropped = 0;
    double before = peak.getAsDouble();
    while (kept.size() < count && kept.size() + dropped < 6 * count) {
      final double a = ours.getAsDouble();
      final double b = peer.getAsDouble();
      final double c = alone.getAsDouble();
      final double after = peak.getAsDouble();
      if (Math.abs(after - before) > STEADY * Math.max(before, after)) {
        dropped++;
      } else {
        kept.add(new Pair(a, b, c, (before + after) / 2));
      }
      before = after;
    }
    return new Pairs(List.copyOf(kept), dropped);
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
