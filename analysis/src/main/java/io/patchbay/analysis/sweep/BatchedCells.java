package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.sweep.PatchRunner.Capacity;
import io.patchbay.analysis.sweep.SiteSweep.Room;
import io.patchbay.analysis.sweep.SiteSweep.Variation;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The cells of several base inputs at a time, for interventions at one site without noise. What
/// comes before the site is computed once per input, together for all inputs of a batch; where
/// sources are inputs of the sweep themselves, once per sweep, for bases and sources alike if all
/// of their clean values can be held.
final class BatchedCells implements InputCells {
  /// Cells of one run, about: enough that starting it costs nothing.
  private static final int CELLS = 1 << 16;

  private static final int MOST_BASES = 32;

  /// Floats of clean values that are held of all inputs of a sweep.
  private static final long KEPT = 1L << 28;

  /// Inputs that are run together, to be held.
  private static final int TOGETHER = 64;

  private final FactorDataset data;
  private final SweepPlan plan;
  private final Operation operation;
  private final long[] rows;
  private final SweepSources sources;
  private final Optional<float[]> mean;
  private final SiteSweep sweep;
  private final int cellsPerBase;
  private final int together;
  private final Held held;
  private final Map<Integer, Computed> ahead = new HashMap<>();
  private int next;
  private boolean filled;

  /// What is held of all inputs of the sweep at once.
  private enum Held {
    /// Nothing: bases and sources are computed batch by batch.
    NOTHING,
    /// What cells take.
    SOURCES,
    /// All that cells read.
    BASES
  }

  /// Whether these can compute what a plan asks for.
  static boolean fit(final SweepPlan plan) {
    return fit(plan.places(), plan.draws(), plan.metric());
  }

  static boolean fit(final List<Place> places, final int draws, final String metric) {
    return places.size() == 1
        && draws == 0
        && !metric.startsWith(SweepPlan.FACTOR)
        && !(places.getFirst().operation() instanceof Operation.Subspace)
        && switch (places.getFirst().operation().source()) {
          case NONE, OTHER_INPUT, MEAN -> true;
          case BASE, RENDERED, POSTERIOR, NOISE -> false;
        };
  }

  /// @param rows of the data set, the base inputs in the order in which they are asked for
  /// @param patch how the operation changes the site
  /// @param mean over the inputs, where the operation takes it
  BatchedCells(
      final Subject subject,
      final FactorDataset data,
      final SweepPlan plan,
      final Site site,
      final SitePatch patch,
      final List<JointUnit> units,
      final long[] rows,
      final Optional<float[]> mean,
      final Optional<Route> route) {
    this.data = data;
    this.plan = plan;
    this.operation = plan.places().getFirst().operation();
    this.rows = rows.clone();
    this.sources = new SweepSources(plan, data.size(), this.rows);
    this.mean = mean;
    this.cellsPerBase = units.size() * plan.variations();
    final var model = ShardRunner.graph(subject, false);
    final var effect = plan.effect().orElseThrow();
    this.held = held(site, SiteSweep.floatsPerBase(model, site, patch, effect, route));
    this.together = Math.clamp(Math.min(CELLS / cellsPerBase, rows.length), 1, MOST_BASES);
    final var room =
        switch (held) {
          case NOTHING -> new Room(together, together * sourcesPerBase());
          case SOURCES -> new Room(together, rows.length, together, TOGETHER);
          case BASES -> new Room(rows.length, Capacity.AMONG_BASES, together, TOGETHER);
        };
    this.sweep =
        new SiteSweep(
            subject,
            model,
            site,
            patch,
            units.stream().map(unit -> unit.parts().getFirst()).toList(),
            variations(),
            effect,
            room,
            route);
    if (!operation.mixes()) {
      mean.ifPresent(sweep::mean);
    }
  }

  private Held held(final Site site, final long floatsPerBase) {
    if (plan.pool() != SweepPlan.Pool.INPUTS || operation.source() != Source.OTHER_INPUT) {
      return Held.NOTHING;
    }
    if (rows.length * floatsPerBase <= KEPT) {
      return Held.BASES;
    }
    if ((long) rows.length * site.size() <= KEPT) {
      return Held.SOURCES;
    }
    throw new BadInputException(
        "--sources-from",
        "inputs",
        "activations of " + rows.length + " inputs at " + site.name(),
        "at most " + KEPT / site.size() + " inputs, or --sources-from data");
  }

  private int sourcesPerBase() {
    return operation.source() == Source.OTHER_INPUT ? plan.sourcesPerValue() : 1;
  }

  private List<Variation> variations() {
    final var values = plan.values().isEmpty() ? List.of(0.0) : plan.values();
    final var list = new ArrayList<Variation>();
    for (final double value : values) {
      for (int source = 0; source < plan.sourcesPerValue(); source++) {
        final int row = SweepPlan.drawn(operation) ? source : 0;
        list.add(new Variation(operation.with(value), row));
      }
    }
    return list;
  }

  @Override
  public Computed run(final long row) {
    while (next < rows.length && rows[next] != row) {
      next++;
    }
    if (next == rows.length) {
      throw new IllegalArgumentException("not an input of this sweep, or out of turn: row=" + row);
    }
    if (!ahead.containsKey(next)) {
      ahead.clear();
      batch(next, Math.min(rows.length, next + together));
    }
    final var found = ahead.remove(next++);
    if (found == null) {
      throw new IllegalStateException("computed ahead, and lost: row=" + row);
    }
    return found;
  }

  /// Computes the inputs at places `from` to `to - 1`.
  private void batch(final int from, final int to) {
    final int bases = to - from;
    fillSources(from, to);
    sweep.keys(plan.seed(), held == Held.BASES ? rows : Arrays.copyOfRange(rows, from, to));
    if (held != Held.BASES) {
      sweep.bases(images(Arrays.copyOfRange(rows, from, to)));
    }
    final var effects =
        switch (held) {
          case BASES -> sweep.run(from, to, pooled(from, to));
          case SOURCES -> sweep.run(0, bases, pooled(from, to));
          case NOTHING -> sweep.run(0, bases, sourcesApart());
        };
    final var skipped = sweep.skipped();
    for (int b = 0; b < bases; b++) {
      final int begin = b * cellsPerBase;
      int zero = 0;
      for (int i = begin; i < begin + cellsPerBase && skipped.length > 0; i++) {
        zero += skipped[i];
      }
      final var own = Arrays.copyOfRange(effects, begin, begin + cellsPerBase);
      ahead.put(from + b, new Computed(own, cellsPerBase - zero, zero));
    }
  }

  private int sourcesApart() {
    return operation.source() == Source.OTHER_INPUT ? plan.sourcesPerValue() : 0;
  }

  /// The source row of each variation, among all inputs of the sweep.
  private int[] pooled(final int from, final int to) {
    final int each = plan.variations();
    final var index = new int[(to - from) * each];
    for (int b = from; b < to; b++) {
      final var chosen = sources.places(rows[b], plan.sourcesPerValue());
      for (int v = 0; v < each; v++) {
        index[(b - from) * each + v] = chosen[v % chosen.length];
      }
    }
    return index;
  }

  private void fillSources(final int from, final int to) {
    switch (operation.source()) {
      case NONE -> {}
      case MEAN -> {
        if (!filled) {
          sweep.sourceValues(mean.orElseThrow());
        }
      }
      case OTHER_INPUT -> {
        if (held == Held.NOTHING) {
          final var all = new long[(to - from) * plan.sourcesPerValue()];
          for (int b = from; b < to; b++) {
            final var own = sources.of(rows[b], plan.sourcesPerValue());
            System.arraycopy(own, 0, all, (b - from) * own.length, own.length);
          }
          sweep.sources(images(all));
        } else if (!filled) {
          hold();
        }
      }
      case BASE, RENDERED, POSTERIOR, NOISE ->
          throw new IllegalStateException("not taken here: op=" + operation.label());
    }
    filled = true;
  }

  private void hold() {
    for (int from = 0; from < rows.length; from += TOGETHER) {
      final int to = Math.min(rows.length, from + TOGETHER);
      final var images = images(Arrays.copyOfRange(rows, from, to));
      if (held == Held.BASES) {
        sweep.bases(images, from);
      } else {
        sweep.sources(images, from);
      }
    }
  }

  private float[] images(final long[] of) {
    final var shape = data.shape();
    final int size = shape.channels() * shape.height() * shape.width();
    final var images = new float[of.length * size];
    for (int i = 0; i < of.length; i++) {
      data.image(of[i], images, i * size);
    }
    return images;
  }

  /// The steps of both programs and the memory they hold.
  String explain() {
    return sweep.explain();
  }

  @Override
  public void close() {
    sweep.close();
  }
}
