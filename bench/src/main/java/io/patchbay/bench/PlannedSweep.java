package io.patchbay.bench;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.SiteSweep;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.route.CarriedSweep;
import io.patchbay.analysis.sweep.route.CheapestSweep;
import io.patchbay.analysis.sweep.route.MachineRates;
import io.patchbay.bench.SweepWorkload.Change;
import io.patchbay.bench.SweepWorkload.Outcome;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Precision;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Sweeps as the sweep command computes them ([SiteSweep]): several bases at a time, and of what
/// comes after the site only the change where that is cheaper.
final class PlannedSweep {
  private static final int BASES = 32;
  private static final int CELLS = 1 << 16;

  /// Inputs that are run together: so many, or this part of the rows that keep a backend busy.
  private static final int INPUTS = 64;

  private static final int SHARE = 8;

  private final int bases;
  private final int cells;
  private final boolean own;

  /// As the sweep command does.
  PlannedSweep() {
    this(BASES, CELLS, false);
  }

  /// @param bases that run together at most
  /// @param cells that run together, where one base has no more
  /// @param own whether what cells do is said as an op of one's own
  PlannedSweep(final int bases, final int cells, final boolean own) {
    this.own = own;
    this.bases = bases;
    this.cells = cells;
  }

  /// A sweep that is ready to run.
  interface Prepared extends AutoCloseable {
    /// Computes every cell of the bases `from` to `to - 1` from their images on, with all that the
    /// bases and their sources cost: what an earlier call computed is not used again.
    ///
    /// @param effects of those cells in the task's order, each of the outcome's width
    void run(int from, int to, float[] effects);

    @Override
    void close();
  }

  /// How it computes, as printed beside the figure.
  String label() {
    return own ? "planned, an op of one's own" : "planned";
  }

  /// Whatever a user's program does once and keeps: plans, memory, packed weights. Not timed.
  ///
  /// @param eliminate leaves out cells that change nothing
  Prepared prepare(final Subject subject, final SweepTask task, final boolean eliminate) {
    if (task.workload().outcome() == Outcome.PAIR) {
      return pairs(subject, task);
    }
    final var parts = new ArrayList<Part>();
    int first = 0;
    for (final var site : task.workload().sites()) {
      final var units =
          task.units().stream().filter(u -> u.site() == site).map(UnitBox::unit).toList();
      parts.add(new Part(subject, task, site, first, units, eliminate));
      first += units.size();
    }
    return new Prepared() {
      @Override
      public void run(final int from, final int to, final float[] effects) {
        parts.forEach(part -> part.run(from, to, effects));
      }

      @Override
      public void close() {
        parts.forEach(Part::close);
      }
    };
  }

  private Prepared pairs(final Subject subject, final SweepTask task) {
    final var parts =
        task.workload().sites().stream()
            .map(site -> new PairSites(subject, task, site, cells))
            .toList();
    return new Prepared() {
      @Override
      public void run(final int from, final int to, final float[] effects) {
        parts.forEach(part -> part.run(from, to, effects));
      }

      @Override
      public void close() {
        parts.forEach(PairSites::close);
      }
    };
  }

  /// The units of one site.
  private final class Part {
    private final SweepTask task;
    private final int firstUnit;
    private final int each;
    private final int most;
    private final int inputs;
    private final SiteSweep sweep;

    Part(
        final Subject subject,
        final SweepTask task,
        final NetSite site,
        final int firstUnit,
        final List<Unit> units,
        final boolean eliminate) {
      this.task = task;
      this.firstUnit = firstUnit;
      this.each = units.size() * task.variations();
      this.most = Math.clamp(Math.min(cells / each, task.bases()), 1, bases);
      this.inputs =
          Math.min(task.inputs(), Math.max(INPUTS, subject.backend().preferredRows() / SHARE));
      final var room =
          switch (task.workload().change()) {
            case SOURCE -> new Room(task.inputs(), Capacity.AMONG_BASES, most, inputs);
            case GRID, ZERO, GREY, MEAN -> new Room(most, 1);
          };
      final var model = VaeGraph.analysis(subject.vae(), new Axis("rows"));
      final var place = Sites.of(model.graph()).named(site.label());
      final var effect = task.workload().outcome() == Outcome.MU ? Effect.MU : Effect.IMAGE;
      final var precision = task.workload().precision();
      if (own) {
        this.sweep =
            CheapestSweep.own(
                subject,
                model,
                place,
                op(),
                units,
                variations(),
                effect,
                room,
                eliminate,
                MachineRates.of(subject.backend()));
        return;
      }
      this.sweep =
          precision == Precision.FP32
              ? CheapestSweep.of(
                  subject,
                  model,
                  place,
                  units,
                  variations(),
                  effect,
                  room,
                  eliminate,
                  MachineRates.of(subject.backend()))
              : CarriedSweep.of(
                  subject, model, place, units, variations(), effect, room, eliminate, precision);
    }

    /// What the workload does, in one line.
    private PatchOp op() {
      return switch (task.workload().change()) {
        case GRID, ZERO, GREY -> PatchOp.define("own", "value");
        case SOURCE -> PatchOp.define("own", "source");
        case MEAN -> throw new IllegalArgumentException("not as an op: " + task.workload());
      };
    }

    private List<Variation> variations() {
      final var change = task.workload().change();
      return IntStream.range(0, task.variations())
          .mapToObj(v ->
              switch (change) {
                case GRID, ZERO, GREY ->
                    new Variation(Coefficients.of(0, change.constants().get(v), 0), 0);
                case SOURCE, MEAN -> new Variation(Coefficients.of(0, 0, 1), 0);
              })
          .toList();
    }

    void run(final int from, final int to, final float[] effects) {
      final boolean pooled = task.workload().change() == Change.SOURCE;
      final int[] row = pooled ? hold(from, to) : new int[0];
      if (task.workload().change() == Change.MEAN) {
        final var all = activations(IntStream.range(0, task.bases()).toArray());
        sweep.sourceValues(CleanRuns.mean(all, task.bases()));
      }
      Optional<Batch> before = Optional.empty();
      for (int first = from; first < to; first += most) {
        final int count = Math.min(most, to - first);
        final SiteSweep.Started run;
        if (pooled) {
          run = sweep.start(first - from, first - from + count, of(first, count, row));
        } else {
          sweep.bases(task.images(), first, count, 0);
          run = sweep.start(0, count, 0);
        }
        before.ifPresent(batch -> batch.place(effects));
        before = Optional.of(new Batch(run, first - from, count));
      }
      before.ifPresent(batch -> batch.place(effects));
    }

    /// The cells of some bases, the first of the run being 0, and when they have run their effects.
    private final class Batch {
      private final SiteSweep.Started run;
      private final int first;
      private final int count;

      Batch(final SiteSweep.Started run, final int first, final int count) {
        this.run = run;
        this.first = first;
        this.count = count;
      }

      void place(final float[] effects) {
        final float[] values = run.effects();
        for (int b = 0; b < count; b++) {
          final int to = (first + b) * task.perBase() + firstUnit * task.variations();
          System.arraycopy(values, b * each, effects, to, each);
        }
      }
    }

    /// The rows that the variations of some bases take.
    private int[] of(final int first, final int count, final int[] row) {
      final var index = new int[count * task.variations()];
      for (int i = 0; i < index.length; i++) {
        index[i] = row[task.source(first + i / task.variations(), i % task.variations())];
      }
      return index;
    }

    /// Computes what cells read, of the bases and of the inputs that they take from.
    ///
    /// @return the row of each input; the bases have the first ones
    private int[] hold(final int from, final int to) {
      final var read = new BitSet(task.inputs());
      for (int b = from; b < to; b++) {
        for (int k = 0; k < task.variations(); k++) {
          read.set(task.source(b, k));
        }
      }
      read.clear(from, to);
      final int[] needed = IntStream.concat(IntStream.range(from, to), read.stream()).toArray();
      final var row = new int[task.inputs()];
      for (int i = 0; i < needed.length; i++) {
        row[needed[i]] = i;
      }
      for (int i = 0; i < needed.length; i += inputs) {
        final int end = Math.min(needed.length, i + inputs);
        if (isRun(needed, i, end)) {
          sweep.bases(task.images(), needed[i], end - i, i);
        } else {
          sweep.bases(images(Arrays.copyOfRange(needed, i, end)), i);
        }
      }
      return row;
    }

    /// Whether these are inputs one after the other.
    private static boolean isRun(final int[] of, final int from, final int to) {
      return IntStream.range(from, to).allMatch(i -> of[i] - of[from] == i - from);
    }

    private float[] activations(final int[] inputs) {
      final float[][] parts = new float[Math.ceilDiv(inputs.length, most)][];
      for (int i = 0; i < parts.length; i++) {
        final int end = Math.min(inputs.length, (i + 1) * most);
        sweep.bases(images(Arrays.copyOfRange(inputs, i * most, end)));
        parts[i] = sweep.activations();
      }
      final int size = Arrays.stream(parts).mapToInt(p -> p.length).sum();
      final var all = new float[size];
      int at = 0;
      for (final float[] part : parts) {
        System.arraycopy(part, 0, all, at, part.length);
        at += part.length;
      }
      return all;
    }

    private float[] images(final int[] inputs) {
      final int size = Conv4Weights.PIXELS;
      final var images = new float[inputs.length * size];
      for (int i = 0; i < inputs.length; i++) {
        System.arraycopy(task.images(), inputs[i] * size, images, i * size, size);
      }
      return images;
    }

    void close() {
      sweep.close();
    }
  }
}
