package io.patchbay.bench;

/// The suite's workloads for callers that bring their own clock: the project's side alone, with
/// random weights and inputs of a fixed seed, checked against double precision.
public final class NetRuns implements AutoCloseable {
  private static final long SEED = 1;

  private final EngineEntrant entrant;
  private final Contestant contestant;

  /// Prepares the form of `workload` with this batch.
  ///
  /// @throws IllegalArgumentException when there is no such form
  /// @throws IllegalStateException when its result is wrong
  public NetRuns(final Workload workload, final int batch, final int threads) {
    final var weights = Conv4Weights.random(SEED);
    final var inputs = new InputPool(SEED);
    this.entrant = new EngineEntrant(Kernels.open(), weights, inputs, "cpu");
    Contestant found = null;
    for (final var form : entrant.contestants(workload, threads)) {
      if (found == null && form.batch() == batch) {
        found = form;
      } else {
        form.close();
      }
    }
    if (found == null) {
      entrant.close();
      throw new IllegalArgumentException(
          "no such form: workload=" + workload.label() + ", batch=" + batch);
    }
    this.contestant = found;
    try {
      new Verifier(weights, inputs).check(workload, found);
    } catch (final IllegalStateException e) {
      close();
      throw e;
    }
  }

  /// One run on the `turn`-th batch of the pool.
  public void run(final int turn) {
    contestant.run(turn);
  }

  @Override
  public void close() {
    contestant.close();
    entrant.close();
  }
}
