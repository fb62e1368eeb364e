package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.DenseCells;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.patch.GuardRun.Control;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.FailedCells;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepEffects;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.route.CarriedPrecision;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/// A look at all effects of a sweep once they are there: which are not finite, and whether some of
/// them, drawn by the seed, come out of the whole graph too.
///
/// @param rows of the data set, the base inputs
record SweepReview(
    Subject subject,
    FactorDataset data,
    SweepPlan plan,
    List<Site> sites,
    List<JointUnit> units,
    long[] rows,
    SiteValues fixed,
    Optional<FactorProbe> probe) {
  /// Cells that are computed again, at least.
  private static final int FEWEST = 32;

  /// Of these many cells, one that is computed again.
  private static final int SHARE = 100;

  /// Cells that are drawn from together, so that those drawn stay few.
  private static final long STRATUM = 10_000_000;

  /// What a cell may differ by when it is: a share of its effect, of the norm of the value that is
  /// measured, and of a read-out, whose weights may be large.
  private static final double RELATIVE = 1e-5;

  private static final double ROUNDING = 1e-6;
  private static final double READ_OUT = 1e-3;

  /// Failed cells whose site is looked for.
  private static final int NAMED = 100;

  private SweepSources sources() {
    return new SweepSources(plan, data.size(), rows);
  }

  /// What a look at all effects gave.
  ///
  /// @param recomputed some of the cells again, by the dense plan
  record Reviewed(FailedCells failed, GuardRun recomputed) {}

  /// @param listener hears of the cells that were computed again
  /// @return nothing where it was asked to stop
  /// @throws IllegalStateException when a cell is not what the sweep found
  Optional<Reviewed> of(
      final SweepEffects effects, final Sweep.Listener listener, final BooleanSupplier stop) {
    final var failed = failed(effects);
    return recomputed(effects, listener, stop).map(guard -> new Reviewed(failed, guard));
  }

  /// The cells without a finite effect; those that come first are run again to see where it began.
  private FailedCells failed(final SweepEffects effects) {
    final int columns = plan.columns();
    final long inner = effects.inner();
    final long each = effects.each();
    final var perUnit = new long[units.size()];
    final var places = new ArrayList<Long>();
    effects.read(
        0,
        effects.count(),
        (from, values, count) -> {
          for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
              perUnit[(int) ((from + i) % each / inner)]++;
              if (places.size() < NAMED) {
                places.add(from + i);
              }
            }
          }
        });
    final var first = new ArrayList<FailedCells.Failed>();
    if (!places.isEmpty()) {
      try (var runner =
          ShardRunner.watching(subject, data, sources(), sites, units, fixed, probe)) {
        for (final long i : places) {
          final long row = rows[(int) (i / each)];
          final int draw = (int) (i % columns);
          final var site = runner.notFinite(row, draw, (int) (i % each / columns));
          first.add(
              new FailedCells.Failed(
                  row,
                  units.get((int) (i % each / inner)).name(),
                  plan.variation((int) (i % inner / columns)),
                  draw,
                  site.orElse("effect")));
        }
      }
    }
    return FailedCells.of(
        LongStream.of(perUnit).sum(), LongStream.of(perUnit).boxed().toList(), first);
  }

  /// How the cells that were computed again came out.
  private static final class Tally {
    private long close;
    private long lost;
    private long count;
    private double worst;
  }

  /// One cell in a hundred, at least 32, drawn by the seed, by the dense plan.
  ///
  /// @throws IllegalStateException when one is not what the sweep found
  private Optional<GuardRun> recomputed(
      final SweepEffects effects, final Sweep.Listener listener, final BooleanSupplier stop) {
    final var tally = new Tally();
    final var graph = ShardRunner.graph(subject, plan.draws() > 0);
    final long all = effects.count() / STRATUM * share(STRATUM) + share(effects.count() % STRATUM);
    try (var runner = new ShardRunner(subject, data, sources(), sites, units, fixed, probe);
        var cells =
            new DenseCells(subject, graph, fixed.patches(), plan.measured(), DenseCells.MOST)) {
      for (long from = 0; from < effects.count(); from += STRATUM) {
        final long length = Math.min(STRATUM, effects.count() - from);
        for (final var group : drawn(effects, from, (int) length).entrySet()) {
          if (stop.getAsBoolean()) {
            return Optional.empty();
          }
          compare(effects, group.getKey(), group.getValue(), runner, cells, tally);
          listener.recomputed(tally.count, all);
        }
      }
    }
    final long whole = tally.count - tally.lost;
    final var control =
        new Control(
            "recomputed cells",
            tally.count,
            tally.close == whole,
            tally.close
                + " of "
                + whole
                + " agree with the dense plan, largest difference "
                + tally.worst,
            "within " + relative() + " of the effect, and rounding");
    final var guard = new GuardRun("drawn cells", tally.count, tally.count, 0, 0, List.of(control));
    Controls.require(guard);
    return Optional.of(guard);
  }

  private double relative() {
    return CarriedPrecision.relative(plan.precision(), RELATIVE);
  }

  /// How many of these cells are computed again.
  private static long share(final long cells) {
    return Math.min(cells, Math.max(FEWEST, Math.ceilDiv(cells, SHARE)));
  }

  /// Cells of one stratum by their input and draw, as numbers among those of these.
  private TreeMap<Long, List<Integer>> drawn(
      final SweepEffects effects, final long from, final int length) {
    final int columns = plan.columns();
    final var random = new PhiloxRandom(plan.seed(), Streams.AUDIT, 1, (int) (from / STRATUM));
    final var chosen = new TreeSet<Integer>();
    while (chosen.size() < share(length)) {
      chosen.add((int) (random.nextDouble() * length));
    }
    final var groups = new TreeMap<Long, List<Integer>>();
    for (final int c : chosen) {
      final long i = from + c;
      groups
          .computeIfAbsent(i / effects.each() * columns + i % columns, _ -> new ArrayList<>())
          .add((int) (i % effects.each() / columns));
    }
    return groups;
  }

  /// @param group number of the input, times the draws, and the draw
  private void compare(
      final SweepEffects effects,
      final long group,
      final List<Integer> which,
      final ShardRunner runner,
      final DenseCells cells,
      final Tally tally) {
    final int columns = plan.columns();
    final int row = (int) (group / columns);
    final int draw = (int) (group % columns);
    final var dense = runner.dense(cells, rows[row], draw, which);
    for (int i = 0; i < dense.effects().length; i++) {
      final double exact = dense.effects()[i];
      final double found = effects.at(row * effects.each() + (long) which.get(i) * columns + draw);
      final double error = Math.abs(found - exact);
      final double room =
          probe.isPresent()
              ? READ_OUT * (1 + Math.abs(exact))
              : relative() * exact + ROUNDING * (1 + dense.norm());
      tally.count++;
      if (Double.isFinite(found)) {
        tally.close += error <= room ? 1 : 0;
        tally.worst = Math.max(tally.worst, error);
      } else {
        // Failed already; float64 has room for what overflows there.
        tally.lost++;
      }
    }
  }
}
