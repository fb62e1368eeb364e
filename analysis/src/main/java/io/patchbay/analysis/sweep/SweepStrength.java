package io.patchbay.analysis.sweep;

import io.patchbay.analysis.metric.CausalEffectStrength;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.sweep.folder.FailedCells;
import io.patchbay.analysis.sweep.folder.SweepEffects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Mean sizes of effects over variations and draws, per unit that has no failed cell, with
/// intervals over inputs: block after block of units, so that a table of all inputs and units never
/// stands in memory.
final class SweepStrength {
  /// Means of one input and unit in a block, at most.
  private static final int BLOCK = 1 << 22;

  /// Units of a block are a multiple of this where they can be: the bootstrap's share of work.
  private static final int SHARE = 512;

  private final SweepEffects effects;
  private final FailedCells failed;
  private final Bootstrap bootstrap;
  private final int inputs;

  private SweepStrength(
      final SweepEffects effects, final FailedCells failed, final Bootstrap bootstrap) {
    this.effects = effects;
    this.failed = failed;
    this.bootstrap = bootstrap;
    this.inputs = Math.toIntExact(effects.inputs());
  }

  /// Empty when every unit has a failed cell.
  static List<CausalEffectStrength> of(
      final SweepEffects effects, final FailedCells failed, final Bootstrap bootstrap) {
    return new SweepStrength(effects, failed, bootstrap).byBlocks();
  }

  private List<CausalEffectStrength> byBlocks() {
    final int units = failed.perUnit().size();
    final int most = Math.max(1, BLOCK / inputs);
    final int width = most < SHARE ? most : most / SHARE * SHARE;
    final var intervals = new ArrayList<Interval>();
    final var sums = new double[inputs];
    for (int from = 0; from < units; from += width) {
      final var whole =
          IntStream.range(from, Math.min(units, from + width))
              .filter(u -> failed.perUnit().get(u) == 0)
              .toArray();
      if (whole.length > 0) {
        final var means = means(whole);
        for (int i = 0; i < means.length; i++) {
          sums[i / whole.length] += means[i];
        }
        intervals.addAll(bootstrap.means(Matrix.of(means, inputs, whole.length)));
      }
    }
    if (intervals.isEmpty()) {
      return List.of();
    }
    for (int i = 0; i < inputs; i++) {
      sums[i] /= intervals.size();
    }
    return List.of(new CausalEffectStrength(bootstrap.mean(sums), intervals));
  }

  /// The mean size of each of these units on each input, `[input][unit]`.
  private double[] means(final int[] units) {
    final long inner = effects.inner();
    final var means = new double[inputs * units.length];
    final var place = new int[units[units.length - 1] - units[0] + 1];
    Arrays.fill(place, -1);
    for (int w = 0; w < units.length; w++) {
      place[units[w] - units[0]] = w;
    }
    for (int input = 0; input < inputs; input++) {
      final long begin = input * effects.each() + units[0] * inner;
      final int row = input * units.length;
      effects.read(
          begin,
          begin + place.length * inner,
          (from, values, count) -> {
            for (int i = 0; i < count; i++) {
              final int w = place[(int) ((from + i - begin) / inner)];
              if (w >= 0) {
                means[row + w] += Math.abs(values[i]) / (double) inner;
              }
            }
          });
    }
    return means;
  }
}
