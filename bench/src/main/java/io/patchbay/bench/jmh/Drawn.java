package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.RANGES;
import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;

import io.patchbay.engine.Node;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.tests.cases.Draft;

/// What graphs of benchmarks are drawn with.
final class Drawn {
  private static final long SEED = 1;

  private Drawn() {}

  /// A graph of some rows, with one range of units a row.
  static Draft rows(final int rows) {
    return of(rows, 1, rows);
  }

  /// A graph of some rows, of some rows of a table, and of some ranges of units.
  static Draft of(final int rows, final int table, final int ranges) {
    return new Draft(Sizes.of(ROWS, rows).and(TABLE, table).and(RANGES, ranges), SEED);
  }

  /// Of every row a row of the table.
  static Node index(final Draft draft, final int table) {
    return draft.integers(Shape.batched(ROWS), i -> draft.random(table));
  }

  /// A range of units for each row, the rows taking turns.
  ///
  /// @param units of a row
  /// @param each units of a range, a part of `units`
  static Node ranges(final Draft draft, final int units, final int each) {
    return draft.integers(
        Shape.batched(RANGES, 3),
        i -> {
          final int row = i / 3;
          final int first = row % (units / each) * each;
          return switch (i % 3) {
            case 0 -> row;
            case 1 -> first;
            default -> first + each;
          };
        });
  }

  /// A seed of random numbers, as two integers.
  static Node seed(final Draft draft) {
    return draft.integers(Shape.of(2), i -> draft.random(Integer.MAX_VALUE));
  }

  /// What the random numbers of each row are keyed by.
  static Node ids(final Draft draft) {
    return draft.integers(
        Shape.batched(ROWS, 3), i -> draft.random(i % 3 == 1 ? 1 << 16 : Integer.MAX_VALUE));
  }
}
