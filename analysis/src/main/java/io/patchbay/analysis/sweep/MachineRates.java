package io.patchbay.analysis.sweep;

import io.patchbay.engine.Backend;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/// How long a backend takes for each kind of work: nanoseconds a unit of one of its threads, and
/// how many threads share it.
///
/// Whoever chooses between ways of computing passes them in; they are measured or read where they
/// are asked for by name ([#of]), nowhere else.
///
/// @param nanos one number for each kind, above 0
/// @param threads at least 1
public record MachineRates(Map<Work, Double> nanos, int threads) {
  public MachineRates {
    final var copy = new EnumMap<>(nanos);
    for (final var work : Work.values()) {
      final var rate = copy.get(work);
      if (rate == null || !isRate(rate)) {
        throw new IllegalArgumentException("no rate: work=" + work + ", nanoseconds=" + rate);
      }
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads=" + threads);
    }
    nanos = Map.copyOf(copy);
  }

  static boolean isRate(final double nanos) {
    return nanos > 0 && Double.isFinite(nanos);
  }

  /// The rates of a backend on this machine, as the user's cache has them; where it has none, they
  /// are measured, in a tenth of a second, and kept there.
  public static MachineRates of(final Backend backend) {
    final var nanos = RateFile.standard(backend).get(() -> RateMeasurement.of(backend.name()));
    return new MachineRates(nanos, backend.threads());
  }

  double of(final Work work) {
    final var rate = nanos.get(work);
    if (rate == null) {
      throw new IllegalStateException("every kind of work has a rate");
    }
    return rate;
  }

  /// Nanoseconds of some work by the clock, shared evenly by the threads but for what is handed
  /// over, which one of them does.
  double nanos(final WorkCount count) {
    final double all =
        Arrays.stream(Work.values()).mapToDouble(work -> count.of(work) * of(work)).sum();
    final double moved = count.of(Work.MOVED) * of(Work.MOVED);
    return (all - moved) / threads + moved;
  }
}
