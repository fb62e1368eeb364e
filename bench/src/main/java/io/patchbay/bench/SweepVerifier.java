package io.patchbay.bench;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Checks a contestant's effects against double precision before it is timed, on cells drawn from
/// late batches.
///
/// The error of an effect e of a run with output y is |error| / (e + 0.003 ||y||), so that an error
/// of 1e-5 is |error| = 1e-5 e + 3e-8 ||y||. Of mediation e is the largest of the four effects and
/// y is taken in units of the change that the source brings.
final class SweepVerifier {
  /// What ours must keep: of an effect near zero, single precision leaves a few 1e-7 of the values
  /// that it is a difference of.
  static final double BOUND = 1e-4;

  /// What ours must keep in TF32.
  static final double TF32 = 1e-3;

  /// What ours must keep in bf16.
  static final double BF16 = 5e-3;

  /// What others must keep: their two runs may add up in different orders, so an effect near zero
  /// is lost in the rounding of whole images. A patch that goes wrong is off by far more.
  static final double ROUNDING = 1e-3;

  /// Cells that are checked, where a run has as many.
  static final int CHECKED = 16;

  private static final double FLOOR = 3e-3;
  private static final int LAST = (1 << 20) - 1;
  private static final int RUNS = 64;

  private final SweepTask task;
  private final Float64Sweep judge;
  private final int many;
  private final long seed;

  /// @param many cells to check of a run
  SweepVerifier(final Conv4Weights weights, final SweepTask task, final int many, final long seed) {
    this.task = task;
    this.judge = new Float64Sweep(weights, task);
    this.many = many;
    this.seed = seed;
  }

  /// The largest error of a fresh contestant on the checked cells.
  ///
  /// Throws IllegalStateException when it is over the tolerance, or when no checked cell has an
  /// effect: then nothing was checked.
  ///
  /// @param tolerance [#BOUND] or [#ROUNDING]
  double check(final SweepContestant contestant, final double tolerance) {
    final var random = new SplittableRandom(seed);
    var found = new Found(0, 0, 0);
    // Late batches: a contestant that always runs the first one fails here.
    for (int turn = LAST; turn > LAST - RUNS; turn--) {
      contestant.run(turn);
      found = found.with(compared(contestant, random));
      if (found.cells() >= many && found.effect() > 0) {
        break;
      }
    }
    if (!(found.error() <= tolerance) || found.effect() == 0) {
      throw wrong(contestant, "found=" + found + ", tolerance=" + tolerance);
    }
    return found.error();
  }

  /// @param cells that were compared
  /// @param error the largest
  /// @param effect the largest
  private record Found(int cells, double error, double effect) {
    // NaN must win: Math.max keeps it, a comparison would not.
    Found with(final Found more) {
      return new Found(
          cells + more.cells, Math.max(error, more.error), Math.max(effect, more.effect));
    }
  }

  /// Compares some cells of the last run.
  private Found compared(final SweepContestant contestant, final SplittableRandom random) {
    final int[] cells = contestant.cells();
    final float[] effects = contestant.effects();
    final int width = task.workload().outcome().width();
    if (cells.length != contestant.batch() || effects.length != cells.length * width) {
      throw wrong(contestant, "cells=" + cells.length + ", effects=" + effects.length);
    }
    final var chosen =
        random.ints(0, cells.length).distinct().limit(Math.min(many, cells.length)).toArray();
    // The first alone: it leaves the means for all.
    final var first = found(judge.of(cells[chosen[0]]), effects, chosen[0]);
    return IntStream.of(chosen)
        .skip(1)
        .parallel()
        .mapToObj(i -> found(judge.of(cells[i]), effects, i))
        .reduce(first, Found::with);
  }

  private static Found found(
      final Float64Sweep.Expected expected, final float[] effects, final int cell) {
    final int width = expected.effects().size();
    double size = 0;
    double difference = 0;
    for (int k = 0; k < width; k++) {
      final double right = expected.effects().get(k);
      size = Math.max(size, Math.abs(right));
      difference = Math.max(difference, Math.abs(effects[cell * width + k] - right));
    }
    return new Found(1, difference / (size + FLOOR * expected.scale()), size);
  }

  private IllegalStateException wrong(final SweepContestant contestant, final String found) {
    return new IllegalStateException(
        "effects differ from float64: workload="
            + task.workload().label()
            + ", form="
            + contestant.form()
            + ", "
            + found);
  }
}
