package io.patchbay.analysis.disentanglement;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/// A least-squares tree with exact splits: each node takes, of all thresholds halfway between two
/// neighbouring values of any feature, the one that lowers the squared error most; of equals the
/// first. A node that no split improves is a leaf.
final class RegressionTree {
  // Below this share of a node's squared error a gain is rounding.
  private static final double NO_GAIN = 1e-12;

  private final int feature;
  private final double threshold;
  private final double value;
  private final RegressionTree[] children;

  private RegressionTree(
      final int feature,
      final double threshold,
      final double value,
      final RegressionTree[] children) {
    this.feature = feature;
    this.threshold = threshold;
    this.value = value;
    this.children = children;
  }

  /// @param columns `[feature][observation]`
  /// @param orders per feature, the observations of this node by ascending value
  /// @param targets one number per observation
  /// @param depth of the tree, 0 for a leaf alone
  /// @param leaf the value of a leaf, from its observations
  /// @param gains adds each split's decrease of the squared error to its feature
  static RegressionTree grow(
      final double[][] columns,
      final int[][] orders,
      final double[] targets,
      final int depth,
      final ToDoubleFunction<int[]> leaf,
      final double[] gains) {
    final var best = depth == 0 ? Cut.NONE : cut(columns, orders, targets);
    if (best.feature < 0) {
      return new RegressionTree(-1, 0, leaf.applyAsDouble(orders[0]), new RegressionTree[0]);
    }
    gains[best.feature] += best.gain;
    final int[][] below = new int[orders.length][];
    final int[][] above = new int[orders.length][];
    for (int f = 0; f < orders.length; f++) {
      final int[] low = new int[best.below];
      final int[] high = new int[orders[f].length - best.below];
      int lows = 0;
      int highs = 0;
      for (final int i : orders[f]) {
        if (columns[best.feature][i] <= best.threshold) {
          low[lows++] = i;
        } else {
          high[highs++] = i;
        }
      }
      below[f] = low;
      above[f] = high;
    }
    return new RegressionTree(
        best.feature,
        best.threshold,
        0,
        new RegressionTree[] {
          grow(columns, below, targets, depth - 1, leaf, gains),
          grow(columns, above, targets, depth - 1, leaf, gains)
        });
  }

  /// @param below observations up to the threshold
  private record Cut(int feature, double threshold, int below, double gain) {
    static final Cut NONE = new Cut(-1, 0, 0, 0);
  }

  private static Cut cut(final double[][] columns, final int[][] orders, final double[] targets) {
    final int n = orders[0].length;
    double total = 0;
    double squares = 0;
    for (final int i : orders[0]) {
      total += targets[i];
      squares += targets[i] * targets[i];
    }
    var best = Cut.NONE;
    double most = NO_GAIN * (squares - total * total / n);
    for (int f = 0; f < orders.length; f++) {
      final int[] order = orders[f];
      final double[] column = columns[f];
      double sum = 0;
      for (int k = 1; k < n; k++) {
        sum += targets[order[k - 1]];
        final double low = column[order[k - 1]];
        final double high = column[order[k]];
        if (low < high) {
          final double difference = sum / k - (total - sum) / (n - k);
          final double gain = (double) k * (n - k) / n * difference * difference;
          if (gain > most) {
            most = gain;
            final double middle = low / 2 + high / 2;
            best = new Cut(f, middle < high ? middle : low, k, gain);
          }
        }
      }
    }
    return best;
  }

  /// The leaf's value for one observation of `columns`.
  double value(final double[][] columns, final int observation) {
    var node = this;
    while (node.children.length > 0) {
      node = node.children[columns[node.feature][observation] <= node.threshold ? 0 : 1];
    }
    return node.value;
  }

  /// Per feature, all observations by ascending value; equals keep their order.
  static int[][] orders(final double[][] columns) {
    final int[][] orders = new int[columns.length][];
    for (int f = 0; f < columns.length; f++) {
      final double[] column = columns[f];
      final var order = new Integer[column.length];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Double.compare(column[a], column[b]));
      orders[f] = Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }
    return orders;
  }
}
