package io.patchbay.analysis.patch;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.engine.Running.Misfire;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The changes of many cells at one site, as the arrays that the program takes.
///
/// @param sourceIndex the source row of each cell
/// @param draws per cell, what keys its random numbers beside its base: the source row that its
///   change names, whatever row that is in a table
/// @param numbers five coefficients per cell; of more cells where these are [#alike]
/// @param ranges triples (cell, begin, end), by cell
/// @param elements how many elements each cell is planned to change; of more cells likewise
@SuppressWarnings("ArrayRecordComponent") // shared between batches, never changed
public record SiteArrays(
    CellIndex sourceIndex, int[] draws, float[] numbers, int[] ranges, int[] elements) {
  private static final int FIVE = 5;
  private static final int TRIPLE = 3;
  private static final float[] KEEP = {1, 0, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
  private static final float[] TAKE = {0, 0, 1, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};

  /// Instead of the number of a unit: the cell stays as it is.
  static final int NO_UNIT = -1;

  public static SiteArrays of(final String site, final List<Cell> cells) {
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

  /// Of cells that each take a unit from a source, or nothing.
  ///
  /// @param which the number of each cell's unit, or [#NO_UNIT]
  static SiteArrays interchanges(
      final List<Unit> units, final int[] which, final CellIndex sources) {
    final var sizes = units.stream().mapToInt(Unit::size).toArray();
    final var bounds = units.stream().map(SiteArrays::bounds).toArray(int[][]::new);
    int count = 0;
    for (final int unit : which) {
      count += unit == NO_UNIT ? 0 : bounds[unit].length / 2;
    }
    final var numbers = new float[which.length * FIVE];
    final var ranges = new int[TRIPLE * count];
    final var elements = new int[which.length];
    int at = 0;
    for (int i = 0; i < which.length; i++) {
      final int unit = which[i];
      System.arraycopy(unit == NO_UNIT ? KEEP : TAKE, 0, numbers, i * FIVE, FIVE);
      if (unit != NO_UNIT) {
        elements[i] = sizes[unit];
        final var own = bounds[unit];
        for (int r = 0; r < own.length; r += 2) {
          ranges[at++] = i;
          ranges[at++] = own[r];
          ranges[at++] = own[r + 1];
        }
      }
    }
    return new SiteArrays(sources, sources.values(), numbers, ranges, elements);
  }

  /// Begin and end of each range.
  private static int[] bounds(final Unit unit) {
    return unit.ranges().stream().flatMapToInt(r -> IntStream.of(r.begin(), r.end())).toArray();
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
  public SiteArrays repeated(final int times) {
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

  /// Whether all cells have the same coefficients, and change as many elements.
  boolean alike() {
    for (int i = 1; i < elements.length; i++) {
      if (elements[i] != elements[0]
          || Arrays.compare(numbers, i * FIVE, (i + 1) * FIVE, numbers, 0, FIVE) != 0) {
        return false;
      }
    }
    return true;
  }

  /// The changes of some cells alone.
  ///
  /// @param which their numbers, ascending
  SiteArrays some(final int[] which) {
    final var some = new float[which.length * FIVE];
    final var counts = new int[which.length];
    for (int i = 0; i < which.length; i++) {
      counts[i] = elements[which[i]];
      System.arraycopy(numbers, which[i] * FIVE, some, i * FIVE, FIVE);
    }
    return new SiteArrays(sourceIndex.some(which), draws(which), some, triples(which), counts);
  }

  /// As above, of changes that are [#alike]: coefficients and numbers of elements stay where they
  /// are, and are those of more cells.
  SiteArrays someAlike(final int[] which) {
    return new SiteArrays(sourceIndex.some(which), draws(which), numbers, triples(which), elements);
  }

  private int[] draws(final int[] which) {
    final var some = new int[which.length];
    for (int i = 0; i < which.length; i++) {
      some[i] = draws[which[i]];
    }
    return some;
  }

  private int[] triples(final int[] which) {
    final boolean one = ranges.length == TRIPLE * draws.length;
    final var some = new int[one ? TRIPLE * which.length : ranges.length];
    int at = 0;
    int past = 0;
    for (int i = 0; i < which.length; i++) {
      final int cell = which[i];
      while (at < ranges.length && ranges[at] < cell) {
        at += TRIPLE;
      }
      for (; at < ranges.length && ranges[at] == cell; at += TRIPLE) {
        some[past] = i;
        some[past + 1] = ranges[at + 1];
        some[past + 2] = ranges[at + 2];
        past += TRIPLE;
      }
    }
    return past == some.length ? some : Arrays.copyOf(some, past);
  }
}
