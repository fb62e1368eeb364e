package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.report.GuardRun;
import io.patchbay.analysis.report.GuardRun.Control;
import io.patchbay.analysis.sweep.SweepFolder.Reviewed;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

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

  /// @param effects `[input][unit][variation][draw]`
  /// @throws IllegalStateException when a cell is not what the sweep found
  Reviewed of(final float[] effects) {
    return new Reviewed(failed(effects), recomputed(effects));
  }

  /// The cells without a finite effect; those that come first are run again to see where it began.
  private FailedCells failed(final float[] effects) {
    final int columns = plan.columns();
    final int inner = plan.variations() * columns;
    final int each = units.size() * inner;
    final var perUnit = new Long[units.size()];
    Arrays.fill(perUnit, 0L);
    final var places = new ArrayList<Integer>();
    for (int i = 0; i < effects.length; i++) {
      if (!Float.isFinite(effects[i])) {
        perUnit[i % each / inner]++;
        places.add(i);
      }
    }
    final var first = new ArrayList<FailedCells.Failed>();
    if (!places.isEmpty()) {
      try (var runner =
          ShardRunner.watching(subject, data, sources(), sites, units, fixed, probe)) {
        for (final int i : places.subList(0, Math.min(NAMED, places.size()))) {
          final long row = rows[i / each];
          final int draw = i % columns;
          final var site = runner.notFinite(row, draw, i % each / columns);
          first.add(
              new FailedCells.Failed(
                  row,
                  units.get(i % each / inner).name(),
                  plan.variation(i % inner / columns),
                  draw,
                  site.orElse("effect")));
        }
      }
    }
    return new FailedCells(places.size(), List.of(perUnit), first);
  }

  /// One cell in a hundred, at least 32, drawn by the seed, by the dense plan.
  ///
  /// @throws IllegalStateException when one is not what the sweep found
  private GuardRun recomputed(final float[] effects) {
    final int columns = plan.columns();
    final int each = units.size() * plan.variations() * columns;
    final var random = new PhiloxRandom(plan.seed(), Streams.AUDIT, 1, 0);
    final int count = Math.min(effects.length, Math.max(FEWEST, Math.ceilDiv(effects.length, 100)));
    final var chosen = new TreeSet<Integer>();
    while (chosen.size() < count) {
      chosen.add((int) (random.nextDouble() * effects.length));
    }
    final var groups = new TreeMap<Integer, List<Integer>>();
    for (final int i : chosen) {
      final int group = i / each * columns + i % columns;
      groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(i % each / columns);
    }
    int close = 0;
    int lost = 0;
    double worst = 0;
    final var graph = ShardRunner.graph(subject, plan.draws() > 0);
    try (var runner = new ShardRunner(subject, data, sources(), sites, units, fixed, probe);
        var cells =
            new DenseCells(subject, graph, fixed.patches(), plan.measured(), DenseCells.MOST)) {
      for (final var group : groups.entrySet()) {
        final int row = group.getKey() / columns;
        final int draw = group.getKey() % columns;
        final var dense = runner.dense(cells, rows[row], draw, group.getValue());
        for (int i = 0; i < dense.effects().length; i++) {
          final double exact = dense.effects()[i];
          final double found = effects[row * each + group.getValue().get(i) * columns + draw];
          final double error = Math.abs(found - exact);
          final double room =
              probe.isPresent()
                  ? READ_OUT * (1 + Math.abs(exact))
                  : RELATIVE * exact + ROUNDING * (1 + dense.norm());
          if (Double.isFinite(found)) {
            close += error <= room ? 1 : 0;
            worst = Math.max(worst, error);
          } else {
            // Failed already; float64 has room for what overflows there.
            lost++;
          }
        }
      }
    }
    final var control =
        new Control(
            "recomputed cells",
            count,
            close == count - lost,
            close
                + " of "
                + (count - lost)
                + " agree with the dense plan, largest difference "
                + worst,
            "within " + RELATIVE + " of the effect, and rounding");
    final var guard = new GuardRun("drawn cells", count, count, 0, 0, List.of(control));
    Controls.require(guard);
    return guard;
  }
}
