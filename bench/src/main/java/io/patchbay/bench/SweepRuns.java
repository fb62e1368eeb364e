package io.patchbay.bench;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Datasets;
import java.util.Map;

/// The suite's sweeps for callers that bring their own clock: the project's side alone, on inputs
/// of `sprites` and random weights of a fixed seed, checked against double precision.
public final class SweepRuns implements AutoCloseable {
  private static final int INPUTS = 256;
  private static final long SEED = 1;
  private static final long HOST_MEMORY = 4L << 30;

  private final Backend backend;
  private final SweepContestant contestant;

  /// Prepares a sweep, or with `naive` its naive form, a batch of 64 cells a run.
  ///
  /// @param bases base inputs that one run of a sweep takes with all of their cells
  /// @throws IllegalStateException when an effect is wrong
  public SweepRuns(
      final SweepWorkload workload, final int bases, final int threads, final boolean naive) {
    final var weights = Conv4Weights.random(SEED);
    final var model = new EngineModel(weights);
    final float[] pool;
    try (var data = Datasets.of(Map.of()).open("sprites")) {
      pool = TrainedConv4.images(data, INPUTS, SEED);
    }
    final var task = SweepTask.of(workload, pool, workload.bases(), SEED);
    this.backend = Backends.open("cpu", new Settings(threads, HOST_MEMORY)).backend();
    if (naive) {
      this.contestant =
          new NaiveSweep(backend, model, task, NaiveBatches.of(task, NaiveBatches.STRONGEST, SEED));
    } else {
      final var sweep = new EngineSweep(backend, model, new PlannedSweep(), task, false);
      sweep.slice(bases);
      this.contestant = sweep;
    }
    try {
      new SweepVerifier(weights, task, SweepVerifier.CHECKED, SEED)
          .check(contestant, naive ? SweepVerifier.ROUNDING : workload.bound());
    } catch (final IllegalStateException e) {
      close();
      throw e;
    }
  }

  /// Cells of one run.
  public int cells() {
    return contestant.batch();
  }

  /// The `turn`-th run, its effects in a Java array at its end.
  public void run(final int turn) {
    contestant.run(turn);
  }

  @Override
  public void close() {
    contestant.close();
    backend.close();
  }
}
