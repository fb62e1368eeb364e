package io.patchbay.analysis.circuit;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Summary;
import java.util.Arrays;

/// Y of the two unpatched runs of each pair, and what share of the change from one to the other a
/// third run brings.
///
/// A pair counts with the sign of its own change: a factor goes up in some pairs and down in
/// others, and without the sign their changes would cancel.
///
/// @param base Y(x)
/// @param source Y(x')
public record PairOutcomes(double[] base, double[] source) {
  /// Pairs whose Y moves by less than this share of Y's standard deviation are left out.
  static final double LEAST = 0.05;

  /// What rounding may do, as a share of the mean change of Y, and as one of Y itself.
  private static final double ROUNDING = 2e-3;

  private static final double FLOAT_ROUNDING = 2e-5;

  int pairs() {
    return base.length;
  }

  /// The pairs whose Y moves by at least [#LEAST] of its standard deviation over both runs of all
  /// pairs.
  int[] moving() {
    final var all = new Summary();
    Arrays.stream(base).forEach(all::add);
    Arrays.stream(source).forEach(all::add);
    final double least = LEAST * all.deviation();
    final var moving = new int[pairs()];
    int count = 0;
    for (int i = 0; i < pairs(); i++) {
      final double change = Math.abs(source[i] - base[i]);
      if (change > 0 && change >= least) {
        moving[count++] = i;
      }
    }
    return Arrays.copyOf(moving, count);
  }

  PairOutcomes select(final int[] kept) {
    return new PairOutcomes(
        Arrays.stream(kept).mapToDouble(i -> base[i]).toArray(),
        Arrays.stream(kept).mapToDouble(i -> source[i]).toArray());
  }

  /// @param every Y of the runs in which every edge is carried
  /// @param none Y of the runs in which none is
  /// @throws IllegalStateException when these are not the runs on x' and on x
  void requireEnds(final double[] every, final double[] none) {
    final double change = Arrays.stream(changes()).average().orElse(0);
    requireEnd("every edge", every, source, change);
    requireEnd("no edge", none, base, change);
  }

  private static void requireEnd(
      final String what, final double[] found, final double[] expected, final double change) {
    for (int i = 0; i < found.length; i++) {
      final double room = ROUNDING * change + FLOAT_ROUNDING * (1 + Math.abs(expected[i]));
      if (!(Math.abs(found[i] - expected[i]) <= room)) {
        throw new IllegalStateException(
            "circuit of "
                + what
                + " is not the unpatched run: pair="
                + i
                + ", found="
                + found[i]
                + ", expected="
                + expected[i]);
      }
    }
  }

  /// The sign of each pair's change.
  double[] signs() {
    final var signs = new double[pairs()];
    Arrays.setAll(signs, i -> Math.signum(source[i] - base[i]));
    return signs;
  }

  /// |Y(x') - Y(x)| of each pair.
  double[] changes() {
    final var changes = new double[pairs()];
    Arrays.setAll(changes, i -> Math.abs(source[i] - base[i]));
    return changes;
  }

  /// How far each run goes from the base's Y towards the source's, in units of Y.
  double[] towards(final double[] run) {
    final var signs = signs();
    final var towards = new double[pairs()];
    Arrays.setAll(towards, i -> signs[i] * (run[i] - base[i]));
    return towards;
  }

  /// Mean of [#towards] over mean of [#changes]: faithfulness, where the run is a circuit's.
  public double share(final double[] run) {
    return Arrays.stream(towards(run)).sum() / Arrays.stream(changes()).sum();
  }

  /// The standard error of [#share] over pairs, by the delta method for a ratio of means (Cochran
  /// 1977, section 2.11).
  double error(final double[] run) {
    final double share = share(run);
    final var towards = towards(run);
    final var changes = changes();
    double squares = 0;
    for (int i = 0; i < pairs(); i++) {
      final double rest = towards[i] - share * changes[i];
      squares += rest * rest;
    }
    final double mean = Arrays.stream(changes).average().orElse(Double.NaN);
    return Math.sqrt(squares / ((double) pairs() * (pairs() - 1))) / mean;
  }

  /// [#share] with its interval over pairs.
  Interval share(final double[] run, final Bootstrap bootstrap) {
    return bootstrap.ratioOfMeans(towards(run), changes());
  }
}
