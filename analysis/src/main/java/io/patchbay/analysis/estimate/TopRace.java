package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The k units of the largest mean effect over the inputs, found by a race: all units run on the
/// same inputs, in a random order and in rounds, and after each round those are taken out of which
/// it is certain enough that they are among the k, or that they are not. It ends when none is left,
/// or when there are no more inputs, and then the means of those still running are exact.
///
/// Two units are told apart by the confidence sequence of the mean of their *differences* on the
/// same inputs, in which what an input does to both cancels. There are u (u - 1) / 2 pairs of
/// units, each with that part of the error: with the stated probability no pair is ever put in the
/// wrong order, in any round, and then the k are the right ones. (Maron and Moore 1994, *Hoeffding
/// races*; for the best k, Heidrich-Meisner and Igel 2009. Paired differences: Moore and Lee 1994.)
///
/// A unit is out when all that run ahead of the cut are certainly above it: with those already in
/// they are k. It is in when it is certainly above all that run behind the cut. No unit that is out
/// can be above it then: the k that put the largest of those out would be the k - 1 others that are
/// in or ahead.
///
/// @param top the k units; by falling mean of the inputs that each was computed on
/// @param separated whether they were told apart before the inputs ran out
/// @param units the mean of each on the inputs that it ran on, with a confidence sequence of its
///   own, not simultaneous
/// @param cells effects computed
public record TopRace(
    List<Integer> top, boolean separated, List<Interval> units, long cells, int rounds) {
  public TopRace {
    top = List.copyOf(top);
    units = List.copyOf(units);
  }

  /// @param k how many, fewer than there are units
  /// @param level probability that the k are right
  static TopRace of(
      final UnitEffects effects,
      final Rounds rounds,
      final Bounds bounds,
      final double level,
      final int k) {
    if (k < 1 || k >= effects.units()) {
      throw new IllegalArgumentException("race: k=" + k + ", units=" + effects.units());
    }
    return new Race(effects, rounds, bounds, 1 - level, k).run();
  }

  /// One race while it is run.
  private static final class Race {
    private final UnitEffects effects;
    private final Rounds rounds;
    private final Bounds bounds;
    private final double error;
    private final int k;
    private final double[][] seen;
    private final double[] sums;
    private final int[] counts;
    private final List<Integer> in = new ArrayList<>();

    Race(
        final UnitEffects effects,
        final Rounds rounds,
        final Bounds bounds,
        final double error,
        final int k) {
      this.effects = effects;
      this.rounds = rounds;
      this.bounds = bounds;
      this.error = error;
      this.k = k;
      this.seen = new double[effects.units()][0];
      this.sums = new double[effects.units()];
      this.counts = new int[effects.units()];
    }

    TopRace run() {
      int[] running = Rounds.all(effects.units());
      long cells = 0;
      int known = 0;
      int round = 0;
      while (running.length > 0 && known < effects.inputs()) {
        final int to = rounds.next(known);
        take(effects.of(rounds.between(known, to), running), running, to - known);
        cells += (long) running.length * (to - known);
        known = to;
        round++;
        if (known < effects.inputs()) {
          running = left(running);
        }
      }
      final boolean separated = running.length == 0;
      order(running).stream().limit(k - in.size()).forEach(in::add);
      in.sort(byMean());
      return new TopRace(in, separated, intervals(), cells, round);
    }

    private void take(final double[] found, final int[] running, final int inputs) {
      for (int j = 0; j < running.length; j++) {
        final int u = running[j];
        final var all = Arrays.copyOf(seen[u], counts[u] + inputs);
        for (int i = 0; i < inputs; i++) {
          all[counts[u]] = found[i * running.length + j];
          sums[u] += all[counts[u]++];
        }
        seen[u] = all;
      }
    }

    private Comparator<Integer> byMean() {
      return Comparator.<Integer>comparingDouble(u -> -sums[u] / counts[u])
          .thenComparing(Comparator.naturalOrder());
    }

    private List<Integer> order(final int[] running) {
      return IntStream.of(running).boxed().sorted(byMean()).toList();
    }

    /// Takes out what is decided.
    ///
    /// @return what is not
    private int[] left(final int[] running) {
      final var order = order(running);
      final int ahead = k - in.size();
      final var behind = new ArrayList<Integer>();
      for (final int v : order.subList(ahead, order.size())) {
        if (!order.subList(0, ahead).reversed().stream().allMatch(u -> above(u, v))) {
          behind.add(v);
        }
      }
      final var rest = new ArrayList<Integer>();
      for (final int u : order.subList(0, ahead)) {
        if (behind.stream().allMatch(v -> above(u, v))) {
          in.add(u);
        } else {
          rest.add(u);
        }
      }
      if (in.size() == k) {
        return new int[0];
      }
      rest.addAll(behind);
      return rest.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    private boolean above(final int u, final int v) {
      final double pairs = seen.length * (seen.length - 1) / 2.0;
      final var sequence = bounds.differences(effects.inputs(), error / pairs);
      for (int i = 0; i < counts[u]; i++) {
        sequence.add(seen[u][i] - seen[v][i]);
      }
      return sequence.interval().low() > 0;
    }

    private List<Interval> intervals() {
      final var list = new ArrayList<Interval>();
      for (final var values : seen) {
        final var sequence = bounds.sequence(effects.inputs(), error);
        for (final double value : values) {
          sequence.add(value);
        }
        list.add(sequence.interval());
      }
      return list;
    }
  }
}
