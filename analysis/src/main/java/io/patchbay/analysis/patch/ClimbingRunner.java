package io.patchbay.analysis.patch;

import java.util.Optional;
import java.util.function.Function;

/// A runner of cells at one site, and under it the one that computes small effects again, if there
/// is one: what is given to the one is given to the other.
final class ClimbingRunner implements AutoCloseable {
  private final PatchRunner runner;
  private final String site;
  private final Effect effect;
  private final Optional<NextRung> next;

  /// @param runners of a way each
  ClimbingRunner(
      final Function<Optional<Route>, PatchRunner> runners,
      final String site,
      final Effect effect,
      final Climb climb) {
    this.site = site;
    this.effect = effect;
    this.runner = runners.apply(climb.route());
    try {
      this.next =
          climb
              .again()
              .map(way -> new NextRung(runners.apply(Optional.of(way)), effect, climb.threshold()));
    } catch (final RuntimeException e) {
      runner.close();
      throw e;
    }
  }

  void bases(final float[] images) {
    runner.bases(images);
    next.ifPresent(rung -> rung.bases(r -> r.bases(images)));
  }

  void bases(final float[] images, final int at) {
    runner.bases(images, at);
    next.ifPresent(rung -> rung.now(r -> r.bases(images, at)));
  }

  void bases(final float[] images, final int first, final int count, final int at) {
    runner.bases(images, first, count, at);
    next.ifPresent(rung -> rung.now(r -> r.bases(images, first, count, at)));
  }

  void sources(final float[] images) {
    runner.sources(images);
    next.ifPresent(rung -> rung.sources(r -> r.sources(images)));
  }

  void sources(final float[] images, final int at) {
    runner.sources(images, at);
    next.ifPresent(rung -> rung.now(r -> r.sources(images, at)));
  }

  void mean(final float[] values) {
    runner.mean(site, values);
    next.ifPresent(rung -> rung.now(r -> r.mean(site, values)));
  }

  void keys(final long seed, final long[] ids) {
    runner.keys(seed, ids, 0);
    next.ifPresent(rung -> rung.keys(r -> r.keys(seed, ids, 0)));
  }

  void sourceValues(final float[] rows) {
    runner.sourceValues(site, rows);
    next.ifPresent(rung -> rung.now(r -> r.sourceValues(site, rows)));
  }

  float[] activations() {
    return runner.prefixValue(site);
  }

  Started start(final CellBatch batch) {
    return new Started(batch);
  }

  /// Cells that run, or have run, and those of them that were computed again.
  final class Started {
    private final CellBatch batch;
    private final RunningCells run;
    private final Optional<NextRung.Given> given = next.map(NextRung::given);
    private int[] again = {};

    private Started(final CellBatch batch) {
      this.batch = batch;
      this.run = runner.start(batch, runner.planned(effect));
    }

    float[] effects() {
      run.end();
      final var effects = run.read(runner.planned(effect));
      next.ifPresent(rung -> again = rung.raise(given.orElseThrow(), batch, effects, skipped()));
      return effects;
    }

    int[] skipped() {
      return runner.skipped(run);
    }

    int[] again() {
      return again;
    }
  }

  int atOnce() {
    return runner.atOnce();
  }

  /// The steps of the programs and the memory they hold.
  String explain() {
    final long bytes = runner.bytes() + next.map(NextRung::bytes).orElse(0L);
    return runner.explain()
        + next.map(rung -> "\nonce more, under the threshold:\n" + rung.explain()).orElse("")
        + "\nnative memory: "
        + bytes
        + " bytes";
  }

  @Override
  public void close() {
    runner.close();
    next.ifPresent(NextRung::close);
  }
}
