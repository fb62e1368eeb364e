package io.patchbay.analysis.sweep;

import io.patchbay.engine.Backend;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/// How long a backend takes for each kind of work: nanoseconds a unit by the clock, with all of the
/// backend's threads at work.
///
/// Whoever chooses between ways of computing passes them in; they are measured or read where they
/// are asked for by name ([#of]), nowhere else.
///
/// @param nanos one number for each kind, above 0
public record MachineRates(Map<Work, Double> nanos) {
  public MachineRates {
    final var copy = new EnumMap<>(nanos);
    for (final var work : Work.values()) {
      final var rate = copy.get(work);
      if (rate == null || !(rate > 0) || !Double.isFinite(rate)) {
        throw new IllegalArgumentException("no rate: work=" + work + ", nanoseconds=" + rate);
      }
    }
    nanos = Map.copyOf(copy);
  }

  /// The rates of a backend on this machine, as the user's cache has them; where it has none, they
  /// are measured, in a tenth of a second, and kept there.
  public static MachineRates of(final Backend backend) {
    return RateFile.standard(backend).get(() -> RateMeasurement.of(backend));
  }

  double of(final Work work) {
    final var rate = nanos.get(work);
    if (rate == null) {
      throw new IllegalStateException("every kind of work has a rate");
    }
    return rate;
  }

  /// Nanoseconds of some work.
  double nanos(final WorkCount count) {
    return Arrays.stream(Work.values()).mapToDouble(work -> count.of(work) * of(work)).sum();
  }
}
