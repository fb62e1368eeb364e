package io.patchbay.bench;

import io.patchbay.bench.SweepWorkload.Change;
import io.patchbay.bench.SweepWorkload.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// A sweep with its inputs, handed alike to every contestant.
///
/// A cell is one base, one unit and one variation (a value or a source); cells are numbered base by
/// base, unit by unit. What a cell's unit becomes is a row of a table of its site: a value, the
/// means, or another input's activations.
public final class SweepTask {
  private final SweepWorkload workload;
  private final float[] images;
  private final int bases;
  private final int variations;
  private final int[][] sources;
  private final List<UnitBox> units;

  private SweepTask(
      final SweepWorkload workload,
      final float[] images,
      final int bases,
      final int variations,
      final int[][] sources) {
    this.workload = workload;
    this.images = images;
    this.bases = bases;
    this.variations = variations;
    this.sources = sources;
    this.units = workload.units();
  }

  /// The workload on the first `bases` of some inputs. Sources are drawn from all of them, never
  /// the base itself and none twice; of mediation they are the `bases` inputs after the bases, each
  /// paired with every base.
  ///
  /// @param pool (inputs; 1, 64, 64)
  /// @throws IllegalArgumentException when there are too few inputs
  static SweepTask of(
      final SweepWorkload workload, final float[] pool, final int bases, final long seed) {
    return of(workload, pool, bases, workload.sources(), seed);
  }

  /// The same with another number of sources a base; of mediation and of workloads without sources
  /// that changes nothing.
  static SweepTask of(
      final SweepWorkload workload,
      final float[] pool,
      final int bases,
      final int perBase,
      final long seed) {
    final boolean pairs = workload.outcome() == Outcome.PAIR;
    final boolean others = workload.change() == Change.SOURCE && !pairs;
    final int count = pool.length / Conv4Weights.PIXELS;
    final int needed = pairs ? 2 * bases : Math.max(bases, others ? perBase + 1 : 0);
    if (bases < 1 || count < needed) {
      throw new IllegalArgumentException(
          "inputs: workload="
              + workload.label()
              + ", bases="
              + bases
              + ", given="
              + count
              + ", needed="
              + needed);
    }
    final var sources = new int[bases][];
    final var random = new SplittableRandom(seed);
    for (int b = 0; b < bases; b++) {
      if (pairs) {
        sources[b] = IntStream.range(bases, 2 * bases).toArray();
      } else if (others) {
        final int base = b;
        sources[b] =
            random.ints(0, count).filter(s -> s != base).distinct().limit(perBase).toArray();
      } else {
        sources[b] = new int[0];
      }
    }
    final int inputs = pairs ? 2 * bases : others ? count : bases;
    final int constants = workload.change().constants().size();
    return new SweepTask(
        workload,
        Arrays.copyOf(pool, inputs * Conv4Weights.PIXELS),
        bases,
        Math.max(1, Math.max(sources[0].length, constants)),
        sources);
  }

  public SweepWorkload workload() {
    return workload;
  }

  /// The inputs, the bases first: (inputs; 1, 64, 64). Live.
  public float[] images() {
    return images;
  }

  /// Bases, and sources that are no bases.
  public int inputs() {
    return images.length / Conv4Weights.PIXELS;
  }

  public int bases() {
    return bases;
  }

  public List<UnitBox> units() {
    return units;
  }

  /// Cells of each unit of a base.
  public int variations() {
    return variations;
  }

  /// The input that a variation of a base takes from, where it takes from one.
  public int source(final int base, final int variation) {
    return sources[base][variation];
  }

  /// The row of the site's table that a variation of a base takes: an input, the number of a value,
  /// or 0.
  public int tableRow(final int base, final int variation) {
    return switch (workload.change()) {
      case SOURCE -> source(base, variation);
      case GRID -> variation;
      case ZERO, GREY, MEAN -> 0;
    };
  }

  /// Cells of one base.
  int perBase() {
    return units.size() * variations;
  }

  int cells() {
    return Math.multiplyExact(bases, perBase());
  }

  /// The number of a cell.
  public int cell(final int base, final int unit, final int variation) {
    return (base * units.size() + unit) * variations + variation;
  }

  int base(final int cell) {
    return cell / perBase();
  }

  int unit(final int cell) {
    return cell / variations % units.size();
  }

  int variation(final int cell) {
    return cell % variations;
  }
}
