package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.route.Ladder;
import io.patchbay.analysis.sweep.route.MachineRates;
import io.patchbay.analysis.sweep.route.UnitSpread;
import io.patchbay.analysis.sweep.route.Way;
import io.patchbay.analysis.sweep.route.Way.Extent;
import io.patchbay.vae.data.FactorDataset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Runs a part of a sweep by one of its ways: a few inputs, and some of the units where all would
/// take long.
///
/// @param rows of the data set, the base inputs
/// @param values that patches take
record WaySample(
    Subject subject,
    FactorDataset data,
    SweepPlan plan,
    List<Site> sites,
    List<JointUnit> units,
    long[] rows,
    SiteValues values) {
  /// What a sample is meant to take.
  private static final double NANOS = 60e6;

  private static final int MOST_INPUTS = 32;

  /// Of fewer that are each other's sources most cells would be equal.
  private static final int FEWEST_INPUTS = 8;

  /// Cells that a ladder is judged by, about, and of how many inputs.
  private static final int LADDER_CELLS = 1024;

  private static final int LADDER_INPUTS = 8;

  /// What a sample took.
  ///
  /// @param nanos by the clock
  /// @param extent what was computed
  record Took(double nanos, Extent extent, long provedZero) {
    Took quicker(final Took other) {
      return other.nanos < nanos ? other : this;
    }
  }

  Took of(final Way way, final MachineRates rates) {
    final var each = new Extent(1, 0, (double) units.size() * plan.variations());
    final double one = way.nanos(rates, each);
    final int least = Math.min(FEWEST_INPUTS, rows.length);
    final int inputs = (int) Math.clamp(NANOS / one, least, Math.min(MOST_INPUTS, rows.length));
    final int most = (int) Math.clamp(units.size() * NANOS / (inputs * one), 1, units.size());
    final var some = spread(most);
    final var first = Arrays.copyOf(rows, Math.min(inputs, rows.length));
    return run(way, some, first);
  }

  private Took run(final Way way, final List<JointUnit> some, final long[] first) {
    try (var cells = new TwinInputs(cells(way, some, first), first.length)) {
      long zero = 0;
      long cellsRun = 0;
      final long begin = System.nanoTime();
      for (final long row : first) {
        final var computed = cells.run(row);
        zero += computed.provedZero();
        cellsRun += computed.cells() + computed.provedZero();
      }
      final double nanos = System.nanoTime() - begin;
      // Few inputs have more equal sources among them than all have.
      final var all = SweepWays.extent(plan, first.length, some.size());
      return new Took(nanos, new Extent(all.bases(), all.sources(), cellsRun), zero);
    }
  }

  /// Judges a way by some cells of the whole sweep, computed by it and exactly; nothing where it is
  /// exact itself, or there is no exact one.
  Optional<Ladder> ladder(final Way way, final Optional<Way> exact) {
    if (exact.isEmpty() || !Ladder.under(way.route())) {
      return Optional.empty();
    }
    final int inputs =
        Math.clamp(LADDER_CELLS / plan.variations(), 1, Math.min(LADDER_INPUTS, rows.length));
    final int most =
        Math.clamp(LADDER_CELLS / ((long) inputs * plan.variations()), 1, units.size());
    final var first = new long[inputs];
    Arrays.setAll(first, i -> rows[(int) ((long) i * rows.length / inputs)]);
    final var distinct = Arrays.stream(first).distinct().toArray();
    final var some = spread(most);
    return Optional.of(
        Ladder.of(
            way.route(),
            exact.get().route().orElseThrow(),
            effects(way, some, distinct),
            effects(exact.get(), some, distinct)));
  }

  private float[] effects(final Way way, final List<JointUnit> some, final long[] first) {
    final int each = some.size() * plan.variations();
    final var all = new float[first.length * each];
    try (var cells = cells(way, some, first)) {
      for (int i = 0; i < first.length; i++) {
        System.arraycopy(cells.run(first[i]).effects(), 0, all, i * each, each);
      }
    }
    return all;
  }

  /// Some of the units, all over them.
  private List<JointUnit> spread(final int most) {
    return UnitSpread.of(units, most);
  }

  private InputCells cells(final Way way, final List<JointUnit> some, final long[] first) {
    if (plan.batched()) {
      final var site = sites.getFirst();
      return new BatchedCells(
          subject,
          data,
          plan,
          site,
          values.patch(site),
          some,
          first,
          first.length,
          values.mean(site),
          Climb.by(way.route()));
    }
    final var sources = new SweepSources(plan, data.size(), first);
    return new ShardRunner(subject, data, sources, sites, some, values, Optional.empty());
  }
}
