package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// One-sided tests by relabelling: how often a statistic is at least as large under random labels
/// as under the true ones, p = (1 + hits) / (1 + draws).
public record PermutationTest(int draws, long seed) {
  // Statistics that should tie differ by rounding.
  private static final double TIE = 1e-12;

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
    Resampling resampling = new Resampling(seed);
    int[] hits = new int[columns];
    int[] orders = new int[Math.multiplyExact(inputs, labels)];
    double[] sums = new double[columns];
    for (int draw = 0; draw < draws; draw++) {
      resampling.orders(draw, labels, orders);
      Arrays.fill(sums, 0);
      for (int input = 0; input < inputs; input++) {
        values.addRelabelled(sums, input, orders, input * labels, labels);
      }
      for (int c = 0; c < columns; c++) {
        hits[c] += sums[c] >= observed[c] ? 1 : 0;
      }
    }
    double[] result = new double[columns];
    Arrays.setAll(result, c -> (1.0 + hits[c]) / (1.0 + draws));
    return result;
  }
}
