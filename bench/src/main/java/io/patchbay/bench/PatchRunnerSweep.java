package io.patchbay.bench;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.sweep.Cell;
import io.patchbay.analysis.sweep.Cell.Change;
import io.patchbay.analysis.sweep.Effect;
import io.patchbay.analysis.sweep.PatchRunner;
import io.patchbay.analysis.sweep.PatchRunner.Capacity;
import io.patchbay.analysis.sweep.Subject;
import io.patchbay.bench.SweepWorkload.Outcome;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Sweeps through [PatchRunner]: what comes before the site once per input, all of what comes after
/// it once per cell.
final class PatchRunnerSweep implements SweepMethod {
  private static final int CELLS = 256;

  @Override
  public String label() {
    return "dense suffix a cell";
  }

  @Override
  public boolean eliminates() {
    return false;
  }

  @Override
  public Prepared prepare(final Subject subject, final SweepTask task, final boolean eliminate) {
    if (eliminate) {
      throw new IllegalArgumentException("this method leaves out no cells: " + label());
    }
    final var runners = new ArrayList<SitePart>();
    int first = 0;
    for (final var site : task.workload().sites()) {
      final int units = (int) task.units().stream().filter(u -> u.site() == site).count();
      runners.add(
          task.workload().outcome() == Outcome.PAIR
              ? new PairSites(subject, task, site)
              : new NormSites(subject, task, site, first, units));
      first += units;
    }
    return new Prepared() {
      @Override
      public void run(final int from, final int to, final float[] effects) {
        runners.forEach(runner -> runner.run(from, to, effects));
      }

      @Override
      public void close() {
        runners.forEach(SitePart::close);
      }
    };
  }

  /// The part of a sweep at one site.
  sealed interface SitePart {
    void run(int from, int to, float[] effects);

    void close();
  }

  private static PatchRunner runner(
      final Subject subject,
      final NetSite site,
      final List<Effect> effects,
      final int directions,
      final Capacity capacity) {
    final var graph = VaeGraph.analysis(subject.vae(), new Axis("rows"));
    return new PatchRunner(
        subject, graph, List.of(site.label()), effects, List.of(), directions, capacity);
  }

  private static float[] images(final SweepTask task, final int[] inputs) {
    final int size = Conv4Weights.PIXELS;
    final var images = new float[inputs.length * size];
    for (int i = 0; i < inputs.length; i++) {
      System.arraycopy(task.images(), inputs[i] * size, images, i * size, size);
    }
    return images;
  }

  /// Norms of changes.
  private static final class NormSites implements SitePart {
    private final SweepTask task;
    private final String site;
    private final int firstUnit;
    private final int units;
    private final Effect effect;
    private final PatchRunner runner;

    NormSites(
        final Subject subject,
        final SweepTask task,
        final NetSite site,
        final int firstUnit,
        final int units) {
      this.task = task;
      this.site = site.label();
      this.firstUnit = firstUnit;
      this.units = units;
      this.effect = task.workload().outcome() == Outcome.MU ? Effect.MU : Effect.IMAGE;
      final int ranges = task.units().get(firstUnit).ranges().size();
      this.runner =
          runner(
              subject,
              site,
              List.of(effect),
              0,
              new Capacity(task.bases(), task.inputs(), CELLS, ranges));
    }

    @Override
    public void run(final int from, final int to, final float[] effects) {
      final int[] row = new int[task.inputs()];
      final int firstBase = prepare(from, to, row);
      final var batch = new ArrayList<Cell>();
      final int each = units * task.variations();
      int first = 0;
      for (int i = 0; i < (to - from) * each; i++) {
        final int base = from + i / each;
        final int unit = firstUnit + i % each / task.variations();
        final int variation = i % task.variations();
        batch.add(Cell.of(base - firstBase, change(task.units().get(unit), base, variation, row)));
        if (batch.size() == CELLS || i + 1 == (to - from) * each) {
          runner.run(batch);
          final var values = runner.effect(effect);
          for (int k = 0; k < values.length; k++) {
            final int at = first + k;
            effects[at / each * task.perBase() + firstUnit * task.variations() + at % each] =
                values[k];
          }
          first = i + 1;
          batch.clear();
        }
      }
    }

    /// Runs the bases, and what cells take.
    ///
    /// @param row becomes the row of each source
    /// @return the first base that has been run
    private int prepare(final int from, final int to, final int[] row) {
      switch (task.workload().change()) {
        case GRID, ZERO, GREY -> {}
        case MEAN -> {
          runner.bases(images(task, IntStream.range(0, task.bases()).toArray()));
          runner.sourceValues(site, CleanRuns.mean(runner.prefixValue(site), task.bases()));
          return 0;
        }
        case SOURCE -> {
          final int[] needed =
              IntStream.range(from, to)
                  .flatMap(b -> IntStream.range(0, task.variations()).map(k -> task.source(b, k)))
                  .distinct()
                  .toArray();
          for (int i = 0; i < needed.length; i++) {
            row[needed[i]] = i;
          }
          runner.sources(images(task, needed));
        }
      }
      runner.bases(images(task, IntStream.range(from, to).toArray()));
      return from;
    }

    private Change change(
        final UnitBox unit, final int base, final int variation, final int[] row) {
      final var change = task.workload().change();
      return switch (change) {
        case GRID, ZERO, GREY -> Change.set(site, unit.unit(), change.constants().get(variation));
        case MEAN -> new Change(site, unit.unit(), Coefficients.of(0, 0, 1), 0);
        case SOURCE -> Change.interchange(site, unit.unit(), row[task.source(base, variation)]);
      };
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /// Mediation: two runs a cell, projected on the change that the source of the pair brings.
  private static final class PairSites implements SitePart {
    private final SweepTask task;
    private final String site;
    private final PatchRunner runner;

    PairSites(final Subject subject, final SweepTask task, final NetSite site) {
      this.task = task;
      this.site = site.label();
      final int inputs = task.inputs();
      final var capacity = new Capacity(inputs, inputs, CELLS, 1);
      this.runner = runner(subject, site, List.of(), task.variations(), capacity);
    }

    @Override
    public void run(final int from, final int to, final float[] effects) {
      runner.bases(task.images());
      final var outputs = runner.prefixValue("output");
      runner.sourceValues(site, runner.prefixValue(site));
      for (int base = from; base < to; base++) {
        final var lengths = directions(outputs, base);
        final int cells = task.perBase();
        final int half = CELLS / 2;
        for (int first = 0; first < cells; first += half) {
          final int count = Math.min(half, cells - first);
          runner.run(batch(base, first, count));
          final var products = runner.products();
          for (int i = 0; i < count; i++) {
            final int k = (first + i) % task.variations();
            final double mixed = products[at(2 * i, k)] / lengths[k];
            final double held = 1 + products[at(2 * i + 1, k)] / lengths[k];
            PairEffects.write(mixed, held, effects, (base - from) * cells + first + i);
          }
        }
      }
    }

    private int at(final int cell, final int direction) {
      return cell * task.variations() + direction;
    }

    /// Writes the changes that a base's sources bring; their squared lengths.
    private double[] directions(final float[] outputs, final int base) {
      final int size = outputs.length / task.inputs();
      final var directions = new float[task.variations() * size];
      final var lengths = new double[task.variations()];
      for (int i = 0; i < directions.length; i++) {
        final int k = i / size;
        final int at = task.source(base, k) * size + i % size;
        directions[i] = outputs[at] - outputs[base * size + i % size];
        lengths[k] += (double) directions[i] * directions[i];
      }
      runner.directions(directions);
      return lengths;
    }

    /// Of each cell the base with the unit from the source, then the source with the unit from the
    /// base.
    private List<Cell> batch(final int base, final int first, final int count) {
      final var batch = new ArrayList<Cell>();
      for (int i = first; i < first + count; i++) {
        final var unit = task.units().get(i / task.variations()).unit();
        final int k = i % task.variations();
        final int source = task.source(base, k);
        batch.add(Cell.of(base, Change.interchange(site, unit, source)));
        batch.add(Cell.of(source, Change.interchange(site, unit, base)));
      }
      return batch;
    }

    @Override
    public void close() {
      runner.close();
    }
  }
}
