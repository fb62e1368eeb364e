package io.patchbay.analysis.sweep;

import io.patchbay.engine.Running.Misfire;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The changes of many cells at one site, as the arrays that the program takes.
///
/// @param sourceIndex the source row of each cell
/// @param draws per cell, what keys its random numbers beside its base: the source row that its
///   change names, whatever row that is in a table
/// @param numbers five coefficients per cell
/// @param ranges triples (cell, begin, end), by cell
/// @param elements how many elements each cell is planned to change
@SuppressWarnings("ArrayRecordComponent") // shared between batches, never changed
record SiteArrays(
    CellIndex sourceIndex, int[] draws, float[] numbers, int[] ranges, int[] elements) {
  private static final float[] KEEP = {1, 0, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};

  static SiteArrays of(final String site, final List<Cell> cells) {
    final var sourceIndex = new int[cells.size()];
    final var numbers = new float[cells.size() * KEEP.length];
    final var ranges = new int[3 * rangeCount(site, cells)];
    final var elements = new int[cells.size()];
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
    return new SiteArrays(CellIndex.of(sourceIndex), sourceIndex, numbers, ranges, elements);
  }

  private static int rangeCount(final String site, final List<Cell> cells) {
    return cells.stream()
        .flatMap(cell -> cell.changes().stream())
        .filter(change -> change.site().equals(site))
        .mapToInt(change -> change.unit().ranges().size())
        .sum();
  }

  /// @param misfire the first cell that changed another number of elements than planned
  /// @throws IllegalStateException when there is one
  void requireFired(final String site, final Optional<Misfire> misfire) {
    if (misfire.isPresent()) {
      final int cell = misfire.get().row();
      throw new IllegalStateException(
          "intervention did not fire as planned: site="
              + site
              + ", cell="
              + cell
              + ", planned="
              + elements[cell]
              + " elements, fired="
              + misfire.get().fired());
    }
  }

  /// The same changes `times` over, cell after cell.
  SiteArrays repeated(final int times) {
    final int cells = draws.length;
    final var index = new int[times * cells];
    final var all = new float[times * numbers.length];
    final var triples = new int[times * ranges.length];
    final var counts = new int[times * cells];
    for (int t = 0; t < times; t++) {
      System.arraycopy(draws, 0, index, t * cells, cells);
      System.arraycopy(numbers, 0, all, t * numbers.length, numbers.length);
      System.arraycopy(elements, 0, counts, t * cells, cells);
      for (int i = 0; i < ranges.length; i++) {
        triples[t * ranges.length + i] = ranges[i] + (i % 3 == 0 ? t * cells : 0);
      }
    }
    return new SiteArrays(CellIndex.of(index), index, all, triples, counts);
  }

  /// The same changes, each taken from another row.
  SiteArrays from(final CellIndex sources) {
    return new SiteArrays(sources, draws, numbers, ranges, elements);
  }

  /// The changes of some cells alone.
  ///
  /// @param which their numbers, ascending
  SiteArrays some(final int[] which) {
    final int each = KEEP.length;
    final var keys = new int[which.length];
    final var some = new float[which.length * each];
    final var counts = new int[which.length];
    final var triples = new int[ranges.length];
    int at = 0;
    int past = 0;
    for (int i = 0; i < which.length; i++) {
      final int cell = which[i];
      keys[i] = draws[cell];
      counts[i] = elements[cell];
      System.arraycopy(numbers, cell * each, some, i * each, each);
      while (at < ranges.length && ranges[at] < cell) {
        at += 3;
      }
      for (; at < ranges.length && ranges[at] == cell; at += 3) {
        triples[past++] = i;
        triples[past++] = ranges[at + 1];
        triples[past++] = ranges[at + 2];
      }
    }
    return new SiteArrays(
        sourceIndex.some(which), keys, some, Arrays.copyOf(triples, past), counts);
  }
}
