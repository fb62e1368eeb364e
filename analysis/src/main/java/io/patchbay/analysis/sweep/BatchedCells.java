package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.sweep.BatchRoom.Held;
import io.patchbay.analysis.sweep.SiteSweep.Variation;
import io.patchbay.vae.data.FactorDataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The cells of several base inputs at a time, for interventions at one site without noise. What
/// comes before the site is computed once per input, together for all inputs of a batch; where
/// sources are inputs of the sweep themselves, once per sweep, for bases and sources alike if all
/// of their clean values can be held.
final class BatchedCells implements InputCells {
  private final FactorDataset data;
  private final SweepPlan plan;
  private final Operation operation;
  private final long[] rows;
  private final SweepSources sources;
  private final BitSet twins;
  private final DistinctCells distinct;
  private final Optional<float[]> mean;
  private final SiteSweep sweep;
  private final int cellsPerBase;
  private final int together;
  private final Held held;
  private final Map<Integer, Computed> ahead = new HashMap<>();
  private int next;
  private boolean filled;

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
  /// @param perShard inputs of a shard: one that its shard has already is not asked for again
  /// @param patch how the operation changes the site
  /// @param mean over the inputs, where the operation takes it
  /// @param climb how cells are computed
  BatchedCells(
      final Subject subject,
      final FactorDataset data,
      final SweepPlan plan,
      final Site site,
      final SitePatch patch,
      final List<JointUnit> units,
      final long[] rows,
      final int perShard,
      final Optional<float[]> mean,
      final Climb climb) {
    this.data = data;
    this.plan = plan;
    this.operation = plan.places().getFirst().operation();
    this.rows = rows.clone();
    this.sources = new SweepSources(plan, data.size(), this.rows);
    this.twins = twins(rows, perShard);
    this.distinct = new DistinctCells(plan, units);
    this.mean = mean;
    this.cellsPerBase = units.size() * plan.variations();
    final var model = ShardRunner.graph(subject, false);
    final var effect = plan.effect().orElseThrow();
    final var room = BatchRoom.of(subject, plan, site, patch, units, rows.length, climb);
    this.held = room.held();
    this.together = room.together();
    this.sweep =
        new SiteSweep(
            subject,
            model,
            site,
            patch,
            units.stream().map(unit -> unit.parts().getFirst()).toList(),
            variations(),
            effect,
            room.room(),
            climb.route(),
            climb.again(),
            climb.threshold());
    if (!operation.mixes()) {
      mean.ifPresent(sweep::mean);
    }
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
    while (next < rows.length && (rows[next] != row || twins.get(next))) {
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
    final var cells = new ArrayList<DistinctCells.Cells>();
    final var which = new int[bases * cellsPerBase];
    int count = 0;
    for (int b = 0; b < bases; b++) {
      final var own =
          twins.get(from + b) ? DistinctCells.Cells.none(cellsPerBase) : distinct(rows[from + b]);
      cells.add(own);
      for (final int cell : own.computed()) {
        which[count++] = b * cellsPerBase + cell;
      }
    }
    final int first = held == Held.BASES ? from : 0;
    final var effects = effects(from, to, first, Arrays.copyOf(which, count));
    final var skipped = count == 0 ? new int[0] : sweep.skipped();
    final var again = count == 0 ? new int[0] : sweep.again();
    int at = 0;
    for (int b = 0; b < bases; b++) {
      final var own = cells.get(b);
      final int end = at + own.computed().length;
      final long zero = sum(skipped, at, end);
      final var every = own.spread(Arrays.copyOfRange(effects, at, end));
      ahead.put(
          from + b,
          new Computed(
              every, end - at - zero, own.deduplicated(), zero + own.zero(), sum(again, at, end)));
      at = end;
    }
  }

  private static long sum(final int[] flags, final int from, final int to) {
    return flags.length == 0 ? 0 : Arrays.stream(flags, from, to).sum();
  }

  private DistinctCells.Cells distinct(final long row) {
    return distinct.of(
        operation.source() == Source.OTHER_INPUT
            ? sources.of(row, plan.sourcesPerValue())
            : new long[0]);
  }

  /// Which inputs stand in their shard before.
  private static BitSet twins(final long[] rows, final int perShard) {
    final var twins = new BitSet();
    final var seen = new HashSet<Long>();
    for (int i = 0; i < rows.length; i++) {
      if (i % perShard == 0) {
        seen.clear();
      }
      twins.set(i, !seen.add(rows[i]));
    }
    return twins;
  }

  /// @param first the row of the first of these bases
  /// @param which cells are computed, of all that these inputs have
  private float[] effects(final int from, final int to, final int first, final int[] which) {
    if (which.length == 0) {
      return new float[0];
    }
    final int end = first + to - from;
    if (which.length < (to - from) * cellsPerBase) {
      return sweep.run(first, end, taken(from, to), which);
    }
    // A drawn number of an op that takes no source is no row of a table.
    final boolean rows = sourcesApart() > 0 || plan.sourcesPerValue() == 1;
    return held == Held.NOTHING && rows
        ? sweep.run(first, end, sourcesApart())
        : sweep.run(first, end, taken(from, to));
  }

  private int sourcesApart() {
    return operation.source() == Source.OTHER_INPUT ? plan.sourcesPerValue() : 0;
  }

  /// The source row of each variation.
  private int[] taken(final int from, final int to) {
    if (held != Held.NOTHING) {
      return pooled(from, to);
    }
    final int each = plan.variations();
    final var index = new int[(to - from) * each];
    Arrays.setAll(
        index,
        i -> i / each * sourcesApart() + (sourcesApart() > 0 ? i % plan.sourcesPerValue() : 0));
    return index;
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
    for (int from = 0; from < rows.length; from += BatchRoom.TOGETHER) {
      final int to = Math.min(rows.length, from + BatchRoom.TOGETHER);
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
