package io.patchbay.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/// Interleaved measurements of several sides, A B C A B C, with the machine's FMA ceiling before
/// and after each round. A round during which the ceiling moved by more than 5 % is dropped and
/// counted: the machine was not the same for all sides.
///
/// @param kept the rounds that count
/// @param dropped how many did not
record Rounds(List<Round> kept, int dropped) {
  private static final double STEADY = 0.05;
  private static final int TRIES = 6;

  /// @param rates of each side, in their order
  /// @param peak mean of the ceilings before and after, GFLOP/s
  record Round(List<Double> rates, double peak) {
    Round {
      rates = List.copyOf(rates);
    }

    double rate(final int side) {
      return rates.get(side);
    }
  }

  Rounds {
    kept = List.copyOf(kept);
  }

  /// Measures until `count` rounds are kept, or six times as many have been tried.
  static Rounds measure(
      final int count, final List<DoubleSupplier> sides, final DoubleSupplier peak) {
    final var kept = new ArrayList<Round>();
    int dropped = 0;
    double before = peak.getAsDouble();
    while (kept.size() < count && kept.size() + dropped < TRIES * count) {
      final var rates = new ArrayList<Double>();
      sides.forEach(side -> rates.add(side.getAsDouble()));
      final double after = peak.getAsDouble();
      if (Math.abs(after - before) > STEADY * Math.max(before, after)) {
        dropped++;
      } else {
        kept.add(new Round(rates, (before + after) / 2));
      }
      before = after;
    }
    return new Rounds(kept, dropped);
  }

  /// Median, smallest and largest of a figure of the rounds.
  Pairs.Spread spread(final ToDoubleFunction<Round> figure) {
    return Pairs.Spread.of(kept.stream().mapToDouble(figure).toArray());
  }
}
