package io.patchbay.analysis.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Bootstrap over base inputs: whole inputs are drawn with replacement, so all cells of an input
/// stay together. Every method uses the same resamples for the same seed and number of inputs,
/// which keeps figures of one analysis comparable. Intervals are percentiles of the draws but where
/// a method says otherwise.
///
/// A statistic may be undefined on a resample (NaN); such draws are left out, and when they are
/// more than `1 - level` of all draws the interval is unbounded.
///
/// @param draws number of resamples
/// @param level nominal coverage, in (0, 1)
/// @param seed key of the resamples
public record Bootstrap(int draws, double level, long seed) {
  private static final int COLUMN_BLOCK = 256;

  public Bootstrap {
    if (draws < 1 || !(level > 0 && level < 1)) {
      throw new IllegalArgumentException("bootstrap: draws=" + draws + ", level=" + level);
    }
  }

  /// 2,000 draws, 95 %.
  public static Bootstrap standard(long seed) {
    return new Bootstrap(2000, 0.95, seed);
  }

  /// A figure as a function of how often each input was drawn; NaN where it is undefined. Draws are
  /// taken on several threads, so it must not write to what it captures.
  @FunctionalInterface
  public interface Statistic {
    double of(int[] counts);
  }

  /// Several figures at once: fills `out`, NaN where a figure is undefined. Called on several
  /// threads like [Statistic].
  @FunctionalInterface
  public interface Statistics {
    void of(int[] counts, double[] out);
  }

  /// The mean over inputs.
  public Interval mean(double[] perInput) {
    return means(Matrix.ofColumn(perInput)).getFirst();
  }

  /// The mean of every column of `values`, whose rows are inputs.
  public List<Interval> means(Matrix values) {
    requireInputs(values.rows());
    return IntStream.range(0, (values.columns() + COLUMN_BLOCK - 1) / COLUMN_BLOCK)
        .parallel()
        .mapToObj(block -> block(values, block * COLUMN_BLOCK))
        .flatMap(List::stream)
        .toList();
  }

  // The columns from `start` on, which stay in a core's cache together.
  private List<Interval> block(Matrix values, int start) {
    int inputs = values.rows();
    int width = Math.min(COLUMN_BLOCK, values.columns() - start);
    Resampling resampling = new Resampling(seed);
    int[] counts = new int[inputs];
    double[] sums = new double[width];
    double[] estimates = new double[width];
    double[][] drawn = new double[width][draws];
    for (int draw = -1; draw < draws; draw++) {
      if (draw < 0) {
        Arrays.fill(counts, 1);
      } else {
        resampling.counts(draw, counts);
      }
      Arrays.fill(sums, 0);
      for (int input = 0; input < inputs; input++) {
        if (counts[input] != 0) {
          values.addTo(sums, input, start, counts[input]);
        }
      }
      for (int c = 0; c < width; c++) {
        double mean = sums[c] / inputs;
        if (draw < 0) {
          estimates[c] = mean;
        } else {
          drawn[c][draw] = mean;
        }
      }
    }
    List<Interval> result = new ArrayList<>(width);
    for (int c = 0; c < width; c++) {
      result.add(percentiles(estimates[c], drawn[c], inputs));
    }
    return result;
  }

  /// mean(numerator) / mean(denominator), both per input.
  ///
  /// @throws IllegalArgumentException when the denominators sum to zero
  public Interval ratioOfMeans(double[] numerator, double[] denominator) {
    Finite.require("ratio numerator", numerator);
    Finite.require("ratio denominator", denominator);
    if (numerator.length != denominator.length) {
      throw new IllegalArgumentException(
          "ratio of means: numerators="
              + numerator.length
              + ", denominators="
              + denominator.length);
    }
    return statistic(
        numerator.length,
        counts -> {
          double above = 0;
          double below = 0;
          for (int i = 0; i < counts.length; i++) {
            above += counts[i] * numerator[i];
            below += counts[i] * denominator[i];
          }
          return below == 0 ? Double.NaN : above / below;
        });
  }

  /// Any figure; its estimate is taken at one count per input.
  ///
  /// @throws IllegalArgumentException when the figure is undefined there
  public Interval statistic(int inputs, Statistic statistic) {
    double[] estimate = new double[1];
    double[][] drawn = sample(inputs, 1, (counts, out) -> out[0] = statistic.of(counts), estimate);
    return interval(estimate[0], drawn[0], inputs);
  }

  /// Any `figures` computed together on the same resamples.
  ///
  /// @throws IllegalArgumentException when a figure is undefined at one count per input
  public List<Interval> statistics(int inputs, int figures, Statistics statistics) {
    double[] estimates = new double[figures];
    double[][] drawn = sample(inputs, figures, statistics, estimates);
    List<Interval> result = new ArrayList<>(figures);
    for (int f = 0; f < figures; f++) {
      result.add(interval(estimates[f], drawn[f], inputs));
    }
    return List.copyOf(result);
  }

  /// As [#statistics], for figures with a bias of the order 1/n, such as entropies and absolute
  /// correlations of means: the figures less their bias, see [BiasedFigure#unbiased].
  ///
  /// @param least of the figures' values
  /// @param most of the figures' values
  public List<Interval> unbiased(
      int inputs, int figures, double least, double most, Statistics statistics) {
    return biased(inputs, figures, least, most, statistics).stream()
        .map(BiasedFigure::unbiased)
        .toList();
  }

  /// As [#statistics], for figures with a bias of the order 1/n, as they are and less that bias.
  ///
  /// @param least of the figures' values
  /// @param most of the figures' values
  public List<BiasedFigure> biased(
      int inputs, int figures, double least, double most, Statistics statistics) {
    double[] estimates = new double[figures];
    double[][] drawn = sample(inputs, figures, statistics, estimates);
    List<BiasedFigure> result = new ArrayList<>(figures);
    for (int f = 0; f < figures; f++) {
      Interval spread = interval(estimates[f], drawn[f], inputs);
      double mean = Arrays.stream(drawn[f]).filter(Double::isFinite).average().orElse(Double.NaN);
      result.add(BiasedFigure.of(spread, mean, least, most));
    }
    return List.copyOf(result);
  }

  private double[][] sample(int inputs, int figures, Statistics statistics, double[] estimates) {
    int[] counts = new int[requireInputs(inputs)];
    Arrays.fill(counts, 1);
    statistics.of(counts, estimates);
    Resampling resampling = new Resampling(seed);
    double[][] drawn = new double[figures][draws];
    IntStream.range(0, draws)
        .parallel()
        .forEach(draw -> {
          int[] drawnCounts = new int[inputs];
          double[] out = new double[figures];
          resampling.counts(draw, drawnCounts);
          statistics.of(drawnCounts, out);
          for (int f = 0; f < figures; f++) {
            drawn[f][draw] = out[f];
          }
        });
    return drawn;
  }

  private static int requireInputs(int inputs) {
    if (inputs < 1) {
      throw new IllegalArgumentException("bootstrap without inputs: n=" + inputs);
    }
    return inputs;
  }

  private Interval interval(double estimate, double[] drawn, int inputs) {
    Finite.require("bootstrapped figure", estimate);
    return percentiles(estimate, drawn, inputs);
  }

  // Sorts `drawn`; NaN sorts last.
  private Interval percentiles(double estimate, double[] drawn, int inputs) {
    Arrays.sort(drawn);
    int defined = drawn.length;
    while (defined > 0 && Double.isNaN(drawn[defined - 1])) {
      defined--;
    }
    if (inputs < 2 || drawn.length - defined > (1 - level) * drawn.length) {
      return Interval.unbounded(estimate, inputs);
    }
    double tail = (1 - level) / 2;
    return new Interval(
        estimate, quantile(drawn, defined, tail), quantile(drawn, defined, 1 - tail), inputs);
  }

  // Linear interpolation between order statistics.
  private static double quantile(double[] sorted, int length, double share) {
    double place = share * (length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
