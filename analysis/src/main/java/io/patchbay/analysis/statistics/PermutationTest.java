package io.patchbay.analysis.statistics;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Tests by relabelling: how often a statistic is at least as large under random labels as under
/// the true ones, p = (1 + hits) / (1 + draws). One-sided unless said otherwise.
public record PermutationTest(int draws, long seed) {
  // Statistics that should tie differ by rounding.
  private static final double TIE = 1e-12;

  // The draws are taken in so many parts, on several threads.
  private static final int PARTS = 32;

  // Columns that are tested together, so that their rows stay in a core's cache.
  private static final int COLUMN_BLOCK = 128;

  public PermutationTest {
    if (draws < 1) {
      throw new IllegalArgumentException("permutations: draws=" + draws);
    }
  }

  /// A statistic of observations whose labels are taken in the given order.
  @FunctionalInterface
  public interface Statistic {
    double of(int[] order);
  }

  /// Permutes the labels of `observations` observations.
  ///
  /// @throws IllegalArgumentException when the statistic is not finite
  public double pValue(int observations, Statistic statistic) {
    if (observations < 1) {
      throw new IllegalArgumentException("permutations without observations: n=" + observations);
    }
    int[] order = new int[observations];
    Arrays.setAll(order, i -> i);
    double observed = Finite.require("permuted statistic", statistic.of(order));
    double least = observed - TIE * Math.abs(observed);
    Resampling resampling = new Resampling(seed);
    int hits = 0;
    for (int draw = 0; draw < draws; draw++) {
      resampling.orders(draw, observations, order);
      hits += Finite.require("permuted statistic", statistic.of(order)) >= least ? 1 : 0;
    }
    return (1.0 + hits) / (1.0 + draws);
  }

  /// Permutes labels within every input. Rows of `values` are inputs; columns are groups of
  /// `labels` neighbouring cells, one per label. Under the null a group does not care which of its
  /// cells carries which label; the statistic of a column is its mean. All groups of an input are
  /// relabelled alike.
  ///
  /// @return one p-value per column; 1 where there is a single label
  public double[] withinInputs(Matrix values, int labels) {
    int inputs = values.rows();
    int columns = values.columns();
    if (inputs < 1 || labels < 1 || columns % labels != 0) {
      throw new IllegalArgumentException(
          "labels within inputs: inputs=" + inputs + ", columns=" + columns + ", labels=" + labels);
    }
    double[] observed = new double[columns];
    for (int input = 0; input < inputs; input++) {
      values.addTo(observed, input, 0, 1);
    }
    for (int c = 0; c < columns; c++) {
      observed[c] -= TIE * Math.abs(observed[c]);
    }
    int parts = Math.min(draws, PARTS);
    int[] hits =
        IntStream.range(0, parts)
            .parallel()
            .mapToObj(part -> hitsWithinInputs(values, labels, observed, part, parts))
            .reduce(new int[columns], PermutationTest::sums);
    double[] result = new double[columns];
    Arrays.setAll(result, c -> (1.0 + hits[c]) / (1.0 + draws));
    return result;
  }

  // The draws that are `part` more than a multiple of `parts`.
  private int[] hitsWithinInputs(
      Matrix values, int labels, double[] observed, int part, int parts) {
    Resampling resampling = new Resampling(seed);
    int[] hits = new int[observed.length];
    int[] orders = new int[Math.multiplyExact(values.rows(), labels)];
    double[] sums = new double[observed.length];
    for (int draw = part; draw < draws; draw += parts) {
      resampling.orders(draw, labels, orders);
      Arrays.fill(sums, 0);
      for (int input = 0; input < values.rows(); input++) {
        values.addRelabelled(sums, input, orders, input * labels, labels);
      }
      for (int c = 0; c < sums.length; c++) {
        hits[c] += sums[c] >= observed[c] ? 1 : 0;
      }
    }
    return hits;
  }

  private static int[] sums(int[] a, int[] b) {
    int[] sums = new int[a.length];
    Arrays.setAll(sums, i -> a[i] + b[i]);
    return sums;
  }

  /// Two-sided: permutes numeric labels over the rows of `values`. The statistic of a column is the
  /// absolute covariance of the labels with it; all columns are relabelled alike.
  ///
  /// @param labels one per row
  /// @return one p-value per column; 1 for a constant column or constant labels
  public double[] associations(double[] labels, Matrix values) {
    Finite.require("label", labels);
    if (labels.length < 1 || labels.length != values.rows()) {
      throw new IllegalArgumentException(
          "labels of rows: labels=" + labels.length + ", rows=" + values.rows());
    }
    double[] centred = labels.clone();
    double length = Math.sqrt(centre(centred));
    double[] result = new double[values.columns()];
    IntStream.range(0, (result.length + COLUMN_BLOCK - 1) / COLUMN_BLOCK)
        .parallel()
        .forEach(block -> {
          int start = block * COLUMN_BLOCK;
          int width = Math.min(COLUMN_BLOCK, result.length - start);
          associations(centred, length, values, start, width, result);
        });
    return result;
  }

  private void associations(
      double[] labels, double length, Matrix values, int start, int width, double[] result) {
    int rows = labels.length;
    double[][] table = new double[rows][width];
    double[] observed = new double[width];
    for (int c = 0; c < width; c++) {
      double[] column = values.column(start + c);
      double bound = length * Math.sqrt(centre(column));
      for (int r = 0; r < rows; r++) {
        table[r][c] = column[r];
        observed[c] += labels[r] * column[r];
      }
      observed[c] = Math.abs(observed[c]) - TIE * bound;
    }
    Resampling resampling = new Resampling(seed);
    int[] order = new int[rows];
    int[] hits = new int[width];
    double[] sums = new double[width];
    for (int draw = 0; draw < draws; draw++) {
      resampling.orders(draw, rows, order);
      Arrays.fill(sums, 0);
      for (int r = 0; r < rows; r++) {
        double label = labels[order[r]];
        double[] row = table[r];
        for (int c = 0; c < width; c++) {
          sums[c] += label * row[c];
        }
      }
      for (int c = 0; c < width; c++) {
        hits[c] += Math.abs(sums[c]) >= observed[c] ? 1 : 0;
      }
    }
    for (int c = 0; c < width; c++) {
      result[start + c] = (1.0 + hits[c]) / (1.0 + draws);
    }
  }

  // Subtracts the mean; returns the sum of squares that is left.
  private static double centre(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] -= mean;
      squares += values[i] * values[i];
    }
    return squares;
  }
}
