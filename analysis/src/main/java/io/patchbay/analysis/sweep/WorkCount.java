package io.patchbay.analysis.sweep;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// How much of each kind of work there is.
///
/// @param amounts of those kinds of which there is some
record WorkCount(Map<Work, Double> amounts) {
  static final WorkCount NONE = new WorkCount(Map.of());

  WorkCount {
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
    return plus(new WorkCount(Map.of(work, amount)));
  }

  WorkCount plus(final WorkCount other) {
    final var sum = new EnumMap<Work, Double>(Work.class);
    sum.putAll(amounts);
    other.amounts.forEach((work, amount) -> sum.merge(work, amount, Double::sum));
    return new WorkCount(sum);
  }

  WorkCount times(final double factor) {
    final var product = new EnumMap<Work, Double>(Work.class);
    amounts.forEach((work, amount) -> product.put(work, amount * factor));
    return new WorkCount(product);
  }

  /// Multiply-adds, whole and carried.
  double operations() {
    return amounts.entrySet().stream()
        .filter(e -> e.getKey().multiplies())
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }
}
