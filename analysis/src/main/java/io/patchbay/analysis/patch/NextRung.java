package io.patchbay.analysis.patch;

import java.util.Arrays;
import java.util.function.Consumer;

/// The way by which a site's sweep computes cells again whose effect is under a threshold. Bases
/// and sources that hold for one batch are computed when a cell of it asks for them.
final class NextRung implements AutoCloseable {
  private final PatchRunner runner;
  private final Effect effect;
  private final double threshold;
  private Given given = new Given(NextRung::nothing, NextRung::nothing, NextRung::nothing);
  private Given done = given;

  /// What it takes to have what cells read, in the place of what was there before.
  ///
  /// @param keys of random numbers
  record Given(
      Consumer<PatchRunner> bases, Consumer<PatchRunner> sources, Consumer<PatchRunner> keys) {}

  NextRung(final PatchRunner runner, final Effect effect, final double threshold) {
    this.runner = runner;
    this.effect = effect;
    this.threshold = threshold;
  }

  private static void nothing(final PatchRunner runner) {}

  /// The bases of the cells that are started next.
  void bases(final Consumer<PatchRunner> how) {
    given = new Given(how, given.sources(), given.keys());
  }

  /// Their sources.
  void sources(final Consumer<PatchRunner> how) {
    given = new Given(given.bases(), how, given.keys());
  }

  /// The keys of their random numbers.
  void keys(final Consumer<PatchRunner> how) {
    given = new Given(given.bases(), given.sources(), how);
  }

  /// What the cells that are started now read.
  Given given() {
    return given;
  }

  /// What stands until it is replaced is done at once.
  void now(final Consumer<PatchRunner> what) {
    what.accept(runner);
  }

  /// Puts the effects of cells under the threshold in the place of those that were found.
  ///
  /// @param of when the cells were started
  /// @param skipped 1 where a cell was proved to change nothing; may be empty
  /// @return per cell, 1 where it was computed again
  int[] raise(final Given of, final CellBatch batch, final float[] effects, final int[] skipped) {
    final var again = new int[effects.length];
    final var which = new int[effects.length];
    int count = 0;
    for (int i = 0; i < effects.length; i++) {
      if (effects[i] < threshold && (skipped.length == 0 || skipped[i] == 0)) {
        which[count++] = i;
        again[i] = 1;
      }
    }
    if (count == 0) {
      return again;
    }
    prepare(of);
    runner.run(count == effects.length ? batch : batch.some(Arrays.copyOf(which, count)));
    final var found = runner.effect(effect);
    for (int i = 0; i < count; i++) {
      effects[which[i]] = found[i];
    }
    return again;
  }

  @SuppressWarnings("ReferenceEquality") // the very same bases need not be computed again
  private void prepare(final Given of) {
    if (of.bases() != done.bases()) {
      now(of.bases());
    }
    if (of.sources() != done.sources()) {
      now(of.sources());
    }
    if (of.keys() != done.keys()) {
      now(of.keys());
    }
    done = of;
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
