package io.patchbay.bench;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Weights;
import java.util.Arrays;

/// Our side of a sweep: a [PlannedSweep], a slice of the bases a run with all of their cells.
final class EngineSweep implements SweepContestant {
  private final SweepTask task;
  private final String form;
  private final Weights weights;
  private final PlannedSweep.Prepared prepared;
  private int slice = 1;
  private int from;
  private float[] effects;

  EngineSweep(
      final Backend backend,
      final EngineModel model,
      final PlannedSweep method,
      final SweepTask task,
      final boolean eliminate) {
    this.task = task;
    this.form = backend.device() + ", " + method.label();
    this.weights = model.on(backend);
    this.prepared = method.prepare(new Subject(backend, model.vae(), weights), task, eliminate);
    this.effects = room();
  }

  /// From now on this many bases a run.
  void slice(final int bases) {
    slice = Math.clamp(bases, 1, task.bases());
    effects = room();
  }

  int slice() {
    return slice;
  }

  private float[] room() {
    return new float[slice * task.perBase() * task.workload().outcome().width()];
  }

  @Override
  public String form() {
    return form + ", " + slice + " of " + task.bases() + " bases a run";
  }

  @Override
  public int batch() {
    return slice * task.perBase();
  }

  @Override
  public void run(final int turn) {
    // The last slice is moved back where it would be a shorter one.
    final int slices = (task.bases() + slice - 1) / slice;
    from = Math.min(Math.floorMod(turn, slices) * slice, task.bases() - slice);
    Arrays.fill(effects, Float.NaN);
    prepared.run(from, from + slice, effects);
  }

  @Override
  public int[] cells() {
    final int[] cells = new int[batch()];
    Arrays.setAll(cells, i -> from * task.perBase() + i);
    return cells;
  }

  @Override
  public float[] effects() {
    return effects.clone();
  }

  @Override
  public void close() {
    prepared.close();
    weights.close();
  }
}
