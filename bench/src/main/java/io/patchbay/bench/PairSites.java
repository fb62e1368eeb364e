package io.patchbay.bench;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.CellQueue;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.patch.Together;
import io.patchbay.analysis.sweep.route.MachineRates;
import io.patchbay.analysis.sweep.route.OwnDirections;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;
import java.util.function.Supplier;

/// Mediation at one site as the studies compute it ([CellQueue]): two runs a cell, of which only
/// the change is computed as far as that is cheaper, and multiplied with the change that the source
/// of the pair brings.
final class PairSites implements AutoCloseable {
  /// Runs at a time on the host's cores.
  private static final int RUNS = 256;

  private static final int EACH = 2;

  private final SweepTask task;
  private final List<Unit> units;
  private final int held;
  private final PatchRunner runner;
  private final CellQueue queue;
  private Supplier<float[]> squares = () -> new float[0];
  private float[] effects = {};
  private int done;
  private double mixed;

  /// @param runs that run together at most
  PairSites(final Subject subject, final SweepTask task, final NetSite site, final int runs) {
    this.task = task;
    this.units = task.units().stream().filter(u -> u.site() == site).map(UnitBox::unit).toList();
    final var backend = subject.backend();
    this.held = held(backend, task);
    final int inputs = task.inputs();
    final int directions = held * task.variations();
    final long wanted = Math.min(runs, (long) EACH * task.cells());
    final int most = Together.cells(backend, RUNS, wanted, 1, 1);
    final var model = VaeGraph.analysis(subject.vae(), new Axis("rows"));
    this.runner =
        OwnDirections.carrying(
            subject,
            model,
            Sites.of(model.graph()).named(site.label()),
            units,
            directions,
            (double) EACH * task.cells() / inputs,
            new Capacity(inputs, Capacity.AMONG_BASES, most, 1, inputs),
            MachineRates.of(backend));
    this.queue = CellQueue.products(runner, backend, this::place);
  }

  /// Bases whose directions are held: those of one stay in the caches of the host's cores; on a
  /// device all, in a quarter of what is free.
  private static int held(final Backend backend, final SweepTask task) {
    final long each = (long) task.variations() * Conv4Weights.PIXELS;
    return backend.hasOwnMemory()
        ? Math.clamp(backend.freeFloats() / 4 / each, 1, task.bases())
        : 1;
  }

  /// All cells of some bases, with all that bases and sources cost.
  void run(final int from, final int to, final float[] into) {
    effects = into;
    done = 0;
    runner.bases(task.images());
    for (int first = from; first < to; first += held) {
      cells(first, Math.min(to, first + held));
    }
  }

  private void cells(final int from, final int to) {
    final int sources = task.variations();
    final var of = new int[(to - from) * sources];
    final var towards = new int[of.length];
    for (int i = 0; i < of.length; i++) {
      of[i] = from + i / sources;
      towards[i] = task.source(of[i], i % sources);
    }
    squares = runner.directions(of, towards);
    for (int first = 0; first < of.length; first += sources) {
      for (final var unit : units) {
        for (int i = first; i < first + sources; i++) {
          queue.interchange(of[i], unit, towards[i], i);
          queue.interchange(towards[i], unit, of[i], i);
        }
      }
    }
    queue.finish();
  }

  /// Of each cell the base with the unit from the source, then the source with the unit from the
  /// base.
  private void place(final CellQueue.Ran ran) {
    final var lengths = squares.get();
    for (int i = 0; i < ran.values().length; i++, done++) {
      final double share = (double) ran.values()[i] / lengths[ran.directions()[i]];
      if (done % EACH == 0) {
        mixed = share;
      } else {
        PairEffects.write(mixed, 1 + share, effects, done / EACH);
      }
    }
  }

  @Override
  public void close() {
    runner.close();
  }
}
