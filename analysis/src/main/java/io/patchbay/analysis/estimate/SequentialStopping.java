package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The mean effect of each unit over the inputs, each computed on no more of them than it takes:
/// inputs come in a random order, in rounds, and a unit is left alone once the confidence sequence
/// of its mean is tight. A unit that never gets there has all inputs, and its mean is exact.
///
/// Because the interval holds at all sizes at once (see [ConfidenceSequence]), that of the size at
/// which a unit stopped is as good as if that size had been fixed before. It is stated per unit, as
/// a sweep's is.
///
/// @param units the mean of each with its interval; n inputs were computed
/// @param cells effects computed
/// @param rounds how many there were
public record SequentialStopping(List<Interval> units, long cells, int rounds) {
  public SequentialStopping {
    units = List.copyOf(units);
  }

  /// @param level of each interval
  /// @param target the half width to stop at, as a share of the mean's size
  static SequentialStopping of(
      final UnitEffects effects,
      final Rounds rounds,
      final Bounds bounds,
      final double level,
      final double target) {
    final int inputs = effects.inputs();
    final var sequences = new ArrayList<ConfidenceSequence>();
    for (int u = 0; u < effects.units(); u++) {
      sequences.add(bounds.sequence(inputs, 1 - level));
    }
    int[] open = Rounds.all(effects.units());
    long cells = 0;
    int known = 0;
    int round = 0;
    while (open.length > 0 && known < inputs) {
      final int to = rounds.next(known);
      final var found = effects.of(rounds.between(known, to), open);
      for (int i = 0; i < found.length; i++) {
        sequences.get(open[i % open.length]).add(found[i]);
      }
      cells += found.length;
      known = to;
      round++;
      open = IntStream.of(open).filter(u -> !tight(sequences.get(u).interval(), target)).toArray();
    }
    final var units = sequences.stream().map(ConfidenceSequence::interval).toList();
    return new SequentialStopping(units, cells, round);
  }

  private static boolean tight(final Interval interval, final double target) {
    final double room = target * Math.abs(interval.estimate());
    return interval.high() - interval.estimate() <= room
        && interval.estimate() - interval.low() <= room;
  }
}
