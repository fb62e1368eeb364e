package io.patchbay.analysis.sweep;

import java.util.List;

/// The changes of many cells at one site, as the arrays that the program takes.
final class SiteArrays {
  private final int[] sourceIndex;
  private final float[] numbers;
  private final int[] ranges;
  private final int[] elements;

  private static final float[] KEEP = {1, 0, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};

  SiteArrays(final String site, final List<Cell> cells) {
    sourceIndex = new int[cells.size()];
    numbers = new float[cells.size() * KEEP.length];
    ranges = new int[3 * rangeCount(site, cells)];
    elements = new int[cells.size()];
    int at = 0;
    for (int i = 0; i < cells.size(); i++) {
      System.arraycopy(KEEP, 0, numbers, i * KEEP.length, KEEP.length);
      for (final var change : cells.get(i).changes()) {
        if (!change.site().equals(site)) {
          continue;
        }
        final var c = change.coefficients();
        final float[] five = {c.keep(), c.shift(), c.take(), c.low(), c.high()};
        System.arraycopy(five, 0, numbers, i * five.length, five.length);
        sourceIndex[i] = change.source();
        elements[i] = change.unit().size();
        for (final var range : change.unit().ranges()) {
          ranges[at++] = i;
          ranges[at++] = range.begin();
          ranges[at++] = range.end();
        }
      }
    }
  }

  private static int rangeCount(final String site, final List<Cell> cells) {
    return cells.stream()
        .flatMap(cell -> cell.changes().stream())
        .filter(change -> change.site().equals(site))
        .mapToInt(change -> change.unit().ranges().size())
        .sum();
  }

  /// The source row of each cell.
  int[] sourceIndex() {
    return sourceIndex;
  }

  /// Five coefficients per cell.
  float[] numbers() {
    return numbers;
  }

  /// Triples (cell, begin, end), by cell.
  int[] ranges() {
    return ranges;
  }

  /// How many elements each cell is planned to change.
  int[] elements() {
    return elements;
  }
}
