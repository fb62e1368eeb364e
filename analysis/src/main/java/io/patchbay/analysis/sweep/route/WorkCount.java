package io.patchbay.analysis.sweep.route;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// How much of each kind of work there is.
///
/// @param amounts of those kinds of which there is some
/// @param operations multiply-adds, whole and carried
public record WorkCount(Map<Work, Double> amounts, double operations) {
  static final WorkCount NONE = new WorkCount(Map.of(), 0);

  public WorkCount {
    amounts = Map.copyOf(amounts);
  }

  /// The kinds of which there is some.
  Set<Work> kinds() {
    return amounts.keySet();
  }

  double of(final Work work) {
    return amounts.getOrDefault(work, 0.0);
  }

  WorkCount plus(final Work work, final double amount) {
    return plus(new WorkCount(Map.of(work, amount), work.multiplies() ? amount : 0));
  }

  /// With what takes as long as some work, and is none.
  WorkCount waiting(final Work work, final double amount) {
    return plus(new WorkCount(Map.of(work, amount), 0));
  }

  WorkCount plus(final WorkCount other) {
    final var sum = new EnumMap<Work, Double>(Work.class);
    sum.putAll(amounts);
    other.amounts.forEach((work, amount) -> sum.merge(work, amount, Double::sum));
    return new WorkCount(sum, operations + other.operations);
  }

  WorkCount times(final double factor) {
    final var product = new EnumMap<Work, Double>(Work.class);
    amounts.forEach((work, amount) -> product.put(work, amount * factor));
    return new WorkCount(product, operations * factor);
  }
}
