package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.SiteSweep;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.BatchRoom.Held;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.Shortages;
import io.patchbay.vae.data.FactorDataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The cells of several base inputs at a time, for interventions at one site without noise. What
/// comes before the site is computed once per input, together for all inputs of a batch; where
/// sources are inputs of the sweep themselves, once per sweep, for bases and sources alike if all
/// of their clean values can be held.
final class BatchedCells implements InputCells {
  /// Batches worth computing one after the other where the next is prepared while one runs.
  private static final int AHEAD = 4;

  private final FactorDataset data;
  private final SweepPlan plan;
  private final Operation operation;
  private final long[] rows;
  private final SweepSources sources;
  private final BitSet twins;
  private final DistinctCells distinct;
  private final Optional<float[]> mean;
  private final Function<BatchRoom, SiteSweep> opening;
  private final Shortages shortages;
  private final int cellsPerBase;
  private final Held held;
  private final boolean isAhead;
  private final Map<Integer, Computed> ahead = new HashMap<>();
  private Optional<Batch> started = Optional.empty();
  private BatchRoom room;
  private SiteSweep sweep;
  private int next;
  private int end;
  private boolean filled;

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
    this.end = rows.length;
    this.sources = new SweepSources(plan, data.size(), this.rows);
    this.twins = twins(rows, perShard);
    this.distinct = new DistinctCells(plan, units);
    this.mean = mean;
    this.cellsPerBase = units.size() * plan.variations();
    final var model = ShardRunner.graph(subject, false);
    final var effect = plan.effect().orElseThrow();
    final var most = BatchRoom.of(subject, plan, site, patch, units, rows.length, climb);
    this.held = most.held();
    this.shortages = subject.backend().shortages();
    this.isAhead = subject.backend().isAhead();
    final var parts = units.stream().map(unit -> unit.parts().getFirst()).toList();
    final var variations = variations();
    this.opening =
        of ->
            new SiteSweep(subject, model, site, patch, parts, variations, effect, of.room(), climb);
    this.room = most.with(most.together());
    this.sweep = open();
  }

  /// With as many base inputs together as there is memory for.
  private SiteSweep open() {
    filled = false;
    while (true) {
      try {
        final var opened = opening.apply(room);
        if (!operation.mixes()) {
          mean.ifPresent(opened::mean);
        }
        return opened;
      } catch (final DeviceMemoryException e) {
        halve(e);
      }
    }
  }

  private void halve(final DeviceMemoryException e) {
    final int together = room.together();
    if (together == 1) {
      throw e;
    }
    shortages.meet(e, together * cellsPerBase, together / 2 * cellsPerBase);
    room = room.with(together / 2);
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
  public void next(final int from, final int to) {
    ahead.clear();
    started = Optional.empty();
    next = from;
    end = to;
  }

  @Override
  public int together() {
    return (isAhead ? AHEAD : 1) * room.together();
  }

  @Override
  public Computed run(final long row) {
    while (next < end && (rows[next] != row || twins.get(next))) {
      next++;
    }
    if (next == end) {
      throw new IllegalArgumentException("not an input of this sweep, or out of turn: row=" + row);
    }
    if (!ahead.containsKey(next)) {
      compute();
    }
    final var found = ahead.remove(next++);
    if (found == null) {
      throw new IllegalStateException("computed ahead, and lost: row=" + row);
    }
    return found;
  }

  /// Computes the next inputs, and where the backend goes on alone starts those after them.
  private void compute() {
    while (true) {
      ahead.clear();
      try {
        final var now = started.filter(b -> b.from() == next).orElseGet(() -> start(next));
        started = Optional.empty();
        if (isAhead && now.to() < end) {
          started = Optional.of(start(now.to()));
        }
        collect(now);
        return;
      } catch (final DeviceMemoryException e) {
        started = Optional.empty();
        sweep.close();
        halve(e);
        sweep = open();
      }
    }
  }

  /// Cells of the inputs at places `from` to `to - 1`.
  ///
  /// @param run of those that are computed, if any are
  private record Batch(
      int from, int to, List<DistinctCells.Cells> cells, Optional<SiteSweep.Started> run) {}

  /// Starts the inputs from one place on.
  private Batch start(final int from) {
    final int to = Math.min(end, from + room.together());
    fillSources(from, to);
    sweep.keys(plan.seed(), held == Held.BASES ? rows : Arrays.copyOfRange(rows, from, to));
    if (held != Held.BASES) {
      sweep.bases(images(Arrays.copyOfRange(rows, from, to)));
    }
    final var cells = new ArrayList<DistinctCells.Cells>();
    for (int b = from; b < to; b++) {
      cells.add(twins.get(b) ? DistinctCells.Cells.none(cellsPerBase) : distinct(rows[b]));
    }
    return new Batch(from, to, cells, run(from, to, cells));
  }

  private void collect(final Batch batch) {
    final var effects = batch.run().map(SiteSweep.Started::effects).orElseGet(() -> new float[0]);
    final var skipped = batch.run().map(SiteSweep.Started::skipped).orElseGet(() -> new int[0]);
    final var again = batch.run().map(SiteSweep.Started::again).orElseGet(() -> new int[0]);
    int at = 0;
    for (int b = 0; b < batch.to() - batch.from(); b++) {
      final var own = batch.cells().get(b);
      final int end = at + own.computed().length;
      final long zero = sum(skipped, at, end);
      final var every = own.spread(Arrays.copyOfRange(effects, at, end));
      ahead.put(
          batch.from() + b,
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

  /// Starts what is to be computed.
  private Optional<SiteSweep.Started> run(
      final int from, final int to, final List<DistinctCells.Cells> cells) {
    final int first = held == Held.BASES ? from : 0;
    final int end = first + to - from;
    if (cells.stream().allMatch(DistinctCells.Cells::all)) {
      // A drawn number of an op that takes no source is no row of a table.
      final boolean rows = sourcesApart() > 0 || plan.sourcesPerValue() == 1;
      return Optional.of(
          held == Held.NOTHING && rows
              ? sweep.start(first, end, sourcesApart())
              : sweep.start(first, end, taken(from, to)));
    }
    final var which = new int[cells.stream().mapToInt(own -> own.computed().length).sum()];
    int count = 0;
    for (int b = 0; b < cells.size(); b++) {
      for (final int cell : cells.get(b).computed()) {
        which[count++] = b * cellsPerBase + cell;
      }
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(sweep.start(first, end, taken(from, to), which));
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
    final int together = room.room().inputs();
    for (int from = 0; from < rows.length; from += together) {
      final int to = Math.min(rows.length, from + together);
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

  @Override
  public int rows() {
    return sweep.atOnce();
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
