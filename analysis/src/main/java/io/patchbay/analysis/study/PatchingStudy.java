package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.metric.MediationChecks;
import io.patchbay.analysis.metric.MediationEffects;
import io.patchbay.analysis.metric.MediationPair;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.SignFlipTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Levels three and four at one site: activation patching of every unit in both directions, and
/// mediation through a set of units.
///
/// @param denoising per unit: source activation put into the base run, 0 = base, 1 = source
/// @param noising per unit: base activation put into the source run, as the share of the effect
///   lost
record PatchingStudy(
    Site site, List<Unit> units, List<Interval> denoising, List<Interval> noising) {
  private static final int FLIPS = 2000;

  /// Runs of a pair in mediation.
  private static final int RUNS = 10;

  /// Mediation through one set of units, with its checks.
  record Mediated(String name, MediationEffects effects, MediationChecks checks) {}

  /// Patches every unit of `units` on every pair whose source changes the image.
  static PatchingStudy of(
      final PairRunner runner,
      final Site site,
      final List<Unit> units,
      final int firstPair,
      final int endPair,
      final Bootstrap bootstrap) {
    final var pairs = moving(runner, firstPair, endPair);
    for (final var unit : units) {
      for (final int pair : pairs) {
        runner.intoBase(pair, unit);
        runner.intoSource(pair, unit);
      }
    }
    final var outcomes = runner.outcomes();
    final var denoising = new ArrayList<Interval>();
    final var noising = new ArrayList<Interval>();
    for (int u = 0; u < units.size(); u++) {
      final int start = 2 * u * pairs.length;
      final var put = new double[pairs.length];
      final var lost = new double[pairs.length];
      for (int i = 0; i < pairs.length; i++) {
        put[i] = outcomes[start + 2 * i];
        lost[i] = 1 - outcomes[start + 2 * i + 1];
      }
      denoising.add(bootstrap.mean(put));
      noising.add(bootstrap.mean(lost));
    }
    return new PatchingStudy(site, units, denoising, noising);
  }

  /// A quarter of some units.
  static int quarter(final int units) {
    return Math.max(1, units / 4);
  }

  /// The quarter of the units that carry most of the source, as one unit.
  Unit strongestQuarter() {
    final int count = quarter(units.size());
    final var chosen =
        IntStream.range(0, units.size())
            .boxed()
            .sorted(Comparator.comparingDouble(u -> -Math.abs(denoising.get(u).estimate())))
            .limit(count)
            .sorted()
            .flatMap(u -> units.get(u).ranges().stream())
            .toList();
    return new Unit(count + " of " + units.size(), chosen);
  }

  /// Cells that patching of every unit, or mediation, asks for at most.
  static long cells(final int units, final int pairs) {
    return Math.max(2L * units, RUNS) * pairs;
  }

  /// Mediation through some sets of units, over pairs that were not used to choose them. The checks
  /// come from runs of their own; a full cut is checked with the whole site; where changes are
  /// carried, the source's own run is not one of them.
  ///
  /// @param sets of mediators, one after the other
  static List<Mediated> mediation(
      final PairRunner runner,
      final Site site,
      final List<Unit> sets,
      final int firstPair,
      final int endPair,
      final Bootstrap bootstrap) {
    final var pairs = moving(runner, firstPair, endPair);
    final long each = Math.max(1, cells(0, pairs.length));
    final int together = Math.clamp(runner.atOnce() / each, 1, sets.size());
    final var all = new ArrayList<Mediated>();
    for (int from = 0; from < sets.size(); from += together) {
      final var some = sets.subList(from, Math.min(sets.size(), from + together));
      some.forEach(mediators -> queue(runner, site, mediators, pairs));
      final var y = runner.outcomes();
      final int runs = y.length / some.size();
      for (int i = 0; i < some.size(); i++) {
        final var name = site.name() + " [" + some.get(i).name() + "]";
        final var own = Arrays.copyOfRange(y, i * runs, (i + 1) * runs);
        all.add(mediated(name, own, pairs, runner.tolerance(), bootstrap));
      }
    }
    return all;
  }

  private static void queue(
      final PairRunner runner, final Site site, final Unit mediators, final int[] pairs) {
    final var empty = new Unit("none", List.of());
    final var whole = site.whole();
    for (final int pair : pairs) {
      runner.unchanged(pair, false);
      runner.unchanged(pair, true);
      runner.intoSource(pair, mediators);
      runner.intoBase(pair, mediators);
      runner.atMean(pair, false, mediators);
      runner.atMean(pair, true, mediators);
      runner.baseItself(pair, mediators);
      runner.intoBase(pair, whole);
      runner.intoBase(pair, empty);
      // The reversal exchanges the roles of the runs; it is computed again, not copied.
      runner.intoSource(pair, mediators);
    }
  }

  /// @param y of the runs of every pair, as they were queued
  private static Mediated mediated(
      final String name,
      final double[] y,
      final int[] pairs,
      final double tolerance,
      final Bootstrap bootstrap) {
    final var measured = new ArrayList<MediationPair>();
    final var columns = new double[RUNS][pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      final int at = i * RUNS;
      for (int c = 0; c < RUNS; c++) {
        columns[c][i] = y[at + c];
      }
      final var level = new MediationPair.Controlled(y[at + 4], y[at + 5]);
      measured.add(
          new MediationPair(pairs[i], y[at], y[at + 1], y[at + 2], y[at + 3], List.of(level)));
    }
    final var effects =
        MediationEffects.of(measured, bootstrap, new SignFlipTest(FLIPS, bootstrap.seed()));
    final var indirect = measured.stream().mapToDouble(MediationPair::totalIndirect).toArray();
    final var reversed = new double[pairs.length];
    Arrays.setAll(reversed, i -> columns[9][i] - columns[1][i]);
    final var checks =
        new MediationChecks(
            MediationChecks.Check.of(columns[6], columns[0], 0),
            MediationChecks.Check.of(columns[7], columns[1], tolerance),
            MediationChecks.Check.of(columns[8], columns[0], 0),
            MediationChecks.Check.reversal(indirect, reversed, 0));
    return new Mediated(name, effects, checks);
  }

  /// Whether any of these pairs has a source that changes the image.
  static boolean moves(final PairRunner runner, final int first, final int end) {
    return moving(runner, first, end).length > 0;
  }

  private static int[] moving(final PairRunner runner, final int first, final int end) {
    return IntStream.range(first, end).filter(runner::moves).toArray();
  }
}
