package io.patchbay.analysis.sweep;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/// The way by which a site's sweep computes cells again whose effect is under a threshold. Bases
/// and sources that hold for one batch are computed when a cell of it asks for them.
final class NextRung implements AutoCloseable {
  private final PatchRunner runner;
  private final Effect effect;
  private final double threshold;
  private Optional<Consumer<PatchRunner>> bases = Optional.empty();
  private Optional<Consumer<PatchRunner>> sources = Optional.empty();
  private int[] again = {};

  NextRung(final PatchRunner runner, final Effect effect, final double threshold) {
    this.runner = runner;
    this.effect = effect;
    this.threshold = threshold;
  }

  /// What it takes to have the bases of the next cells, in the place of those before.
  void bases(final Consumer<PatchRunner> how) {
    bases = Optional.of(how);
  }

  /// The same of sources.
  void sources(final Consumer<PatchRunner> how) {
    sources = Optional.of(how);
  }

  /// What stands until it is replaced is done at once.
  void now(final Consumer<PatchRunner> what) {
    what.accept(runner);
  }

  /// Puts the effects of cells under the threshold in the place of those that were found.
  ///
  /// @param skipped 1 where a cell was proved to change nothing; may be empty
  void raise(final CellBatch batch, final float[] effects, final int[] skipped) {
    again = new int[effects.length];
    final var which = new int[effects.length];
    int count = 0;
    for (int i = 0; i < effects.length; i++) {
      if (effects[i] < threshold && (skipped.length == 0 || skipped[i] == 0)) {
        which[count++] = i;
        again[i] = 1;
      }
    }
    if (count == 0) {
      return;
    }
    bases.ifPresent(this::now);
    sources.ifPresent(this::now);
    bases = Optional.empty();
    sources = Optional.empty();
    runner.run(count == effects.length ? batch : batch.some(Arrays.copyOf(which, count)));
    final var found = runner.effect(effect);
    for (int i = 0; i < count; i++) {
      effects[which[i]] = found[i];
    }
  }

  /// Per cell of the last run, 1 where it was computed again.
  int[] again() {
    return again;
  }

  String explain() {
    return runner.explain();
  }

  long bytes() {
    return runner.bytes();
  }

  @Override
  public void close() {
    runner.close();
  }
}
