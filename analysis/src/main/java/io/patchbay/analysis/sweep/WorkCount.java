package io.patchbay.analysis.sweep;

import java.util.Arrays;

/// How much of each kind of work there is.
final class WorkCount {
  static final WorkCount NONE = new WorkCount(new double[Work.values().length]);

  private final double[] amounts;

  private WorkCount(final double[] amounts) {
    this.amounts = amounts;
  }

  double of(final Work work) {
    return amounts[work.ordinal()];
  }

  WorkCount plus(final Work work, final double amount) {
    final var sum = amounts.clone();
    sum[work.ordinal()] += amount;
    return new WorkCount(sum);
  }

  WorkCount plus(final WorkCount other) {
    final var sum = amounts.clone();
    Arrays.setAll(sum, i -> amounts[i] + other.amounts[i]);
    return new WorkCount(sum);
  }

  WorkCount times(final double factor) {
    final var product = amounts.clone();
    Arrays.setAll(product, i -> amounts[i] * factor);
    return new WorkCount(product);
  }

  /// Multiply-adds, whole and carried.
  double operations() {
    double sum = 0;
    for (final var work : Work.values()) {
      sum += work.multiplies() ? of(work) : 0;
    }
    return sum;
  }

  @Override
  public String toString() {
    final var text = new StringBuilder();
    for (final var work : Work.values()) {
      if (of(work) > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(work).append('=').append(of(work));
      }
    }
    return text.toString();
  }
}
