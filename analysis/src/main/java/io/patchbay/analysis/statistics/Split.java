package io.patchbay.analysis.statistics;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Observations dealt at random to a training part and a part held out.
public final class Split {
  private final int[] training;
  private final int[] heldOut;

  private Split(int[] training, int[] heldOut) {
    this.training = training;
    this.heldOut = heldOut;
  }

  /// @param share of the observations to hold out, rounded to a whole number, at least 1
  /// @throws IllegalArgumentException when either part would be empty
  public static Split of(int observations, double share, long seed) {
    int held = (int) Math.max(1, Math.round(share * observations));
    if (!(share > 0 && share < 1) || held >= observations) {
      throw new IllegalArgumentException(
          "split: observations=" + observations + ", share=" + share);
    }
    int[] order = Resampling.splitOrder(observations, seed);
    int[] heldOut = Arrays.copyOf(order, held);
    int[] training = Arrays.copyOfRange(order, held, observations);
    Arrays.sort(heldOut);
    Arrays.sort(training);
    return new Split(training, heldOut);
  }

  /// The first rows to train on, the rest to judge on, where the two were drawn apart.
  ///
  /// @throws IllegalArgumentException when either part would be empty
  public static Split after(int training, int observations) {
    if (training < 1 || training >= observations) {
      throw new IllegalArgumentException(
          "split: observations=" + observations + ", training=" + training);
    }
    return new Split(
        IntStream.range(0, training).toArray(), IntStream.range(training, observations).toArray());
  }

  /// Rows to train on, ascending.
  public int[] training() {
    return training.clone();
  }

  /// Rows to judge on, ascending.
  public int[] heldOut() {
    return heldOut.clone();
  }

  void require(int rows) {
    if (rows != training.length + heldOut.length) {
      throw new IllegalArgumentException(
          "split of other data: rows=" + rows + ", split=" + (training.length + heldOut.length));
    }
  }
}
