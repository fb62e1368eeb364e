package io.patchbay.analysis.sweep.route;

import io.patchbay.engine.Backend;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// How long a backend takes for each kind of work: nanoseconds a unit of one of its threads, and
/// how many threads share it.
///
/// Whoever chooses between ways of computing passes them in; they are measured or read where they
/// are asked for by name ([#of]), nowhere else.
///
/// @param nanos numbers above 0, for the kinds that are asked for
/// @param threads at least 1
public record MachineRates(Map<Work, Double> nanos, int threads) {
  /// What there is in float32.
  private static final Set<Work> SINGLE = EnumSet.complementOf(Work.rounded());

  public MachineRates {
    nanos.forEach((work, rate) -> {
      if (!isRate(rate)) {
        throw new IllegalArgumentException("no rate: work=" + work + ", nanoseconds=" + rate);
      }
    });
    if (threads < 1) {
      throw new IllegalArgumentException("threads=" + threads);
    }
    nanos = Map.copyOf(nanos);
  }

  static boolean isRate(final double nanos) {
    return nanos > 0 && Double.isFinite(nanos);
  }

  /// The rates of a backend on this machine for all that there is in float32.
  public static MachineRates of(final Backend backend) {
    return of(backend, SINGLE);
  }

  /// Some of the rates of a backend on this machine, as the user's cache has them; those that it
  /// does not have are measured, in a tenth of a second, and kept there.
  public static MachineRates of(final Backend backend, final Set<Work> kinds) {
    final var nanos =
        RateFile.standard(backend)
            .get(kinds, known -> new RateMeasurement(backend).of(kinds, known));
    return new MachineRates(nanos, backend.threads());
  }

  double of(final Work work) {
    final var rate = nanos.get(work);
    if (rate == null) {
      throw new IllegalStateException("was not asked for: work=" + work);
    }
    return rate;
  }

  /// Nanoseconds of some work by the clock, shared evenly by the threads but for what is handed
  /// over, which one of them does.
  public double nanos(final WorkCount count) {
    final double all =
        count.kinds().stream().sorted().mapToDouble(work -> count.of(work) * of(work)).sum();
    final double moved = count.of(Work.MOVED) == 0 ? 0 : count.of(Work.MOVED) * of(Work.MOVED);
    return (all - moved) / threads + moved;
  }
}
