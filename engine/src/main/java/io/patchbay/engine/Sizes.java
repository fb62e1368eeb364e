package io.patchbay.engine;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How many rows each axis has: the capacity of a plan, or the lengths of one run.
public final class Sizes {
  private final Map<String, Integer> rows;

  private Sizes(final Map<String, Integer> rows) {
    this.rows = rows;
  }

  public static Sizes none() {
    return new Sizes(Map.of());
  }

  public static Sizes of(final Axis axis, final int rows) {
    return none().and(axis, rows);
  }

  public Sizes and(final Axis axis, final int count) {
    if (count < 0) {
      throw new IllegalArgumentException("rows cannot be negative: " + axis + ", rows=" + count);
    }
    final var more = new TreeMap<>(rows);
    more.put(axis.name(), count);
    return new Sizes(more);
  }

  /// Rows of `axis`; 1 for no axis.
  ///
  /// @throws IllegalArgumentException when the axis has no size here
  public int of(final @Nullable Axis axis) {
    if (axis == null) {
      return 1;
    }
    final var count = rows.get(axis.name());
    if (count == null) {
      throw new IllegalArgumentException("no size given: axis=" + axis.name() + ", sizes=" + rows);
    }
    return count;
  }

  /// Elements of a value.
  public long elements(final Shape shape) {
    return Math.multiplyExact((long) of(shape.axis()), shape.rowSize());
  }

  /// @throws IllegalArgumentException when an axis is longer here than in `capacity`
  public void checkWithin(final Sizes capacity) {
    rows.forEach((axis, count) -> {
      final var most = capacity.rows.get(axis);
      if (most != null && count > most) {
        throw new IllegalArgumentException(
            "more rows than planned: axis=" + axis + ", rows=" + count + ", capacity=" + most);
      }
    });
  }

  @Override
  public String toString() {
    return rows.toString();
  }
}
