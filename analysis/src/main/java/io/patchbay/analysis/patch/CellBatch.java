package io.patchbay.analysis.patch;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Cells as the arrays that a program takes. Nobody changes an array once it stands in a batch: one
/// that two batches share is written once.
///
/// @param bases the base of each cell
/// @param directions of each cell its own, where a runner takes them; else not read
/// @param sites what is changed at each patched site
@SuppressWarnings("ArrayRecordComponent") // shared between batches, never changed
record CellBatch(CellIndex bases, int[] directions, Map<String, SiteArrays> sites) {
  static CellBatch of(final List<String> names, final List<Cell> cells) {
    final var sites = new LinkedHashMap<String, SiteArrays>();
    names.forEach(name -> sites.put(name, SiteArrays.of(name, cells)));
    return new CellBatch(
        CellIndex.of(cells.stream().mapToInt(Cell::base).toArray()),
        cells.stream().mapToInt(Cell::direction).toArray(),
        sites);
  }

  int rows() {
    return bases.cells();
  }

  /// Some of the cells.
  ///
  /// @param which their numbers, ascending
  CellBatch some(final int[] which) {
    final var some = new LinkedHashMap<String, SiteArrays>();
    sites.forEach((name, arrays) -> some.put(name, arrays.some(which)));
    return new CellBatch(bases.some(which), own(which), some);
  }

  /// As above, of changes that are alike at every site.
  CellBatch someAlike(final int[] which) {
    final var some = new LinkedHashMap<String, SiteArrays>();
    sites.forEach((name, arrays) -> some.put(name, arrays.someAlike(which)));
    return new CellBatch(bases.some(which), own(which), some);
  }

  private int[] own(final int[] which) {
    return directions.length == 0
        ? directions
        : Arrays.stream(which).map(i -> directions[i]).toArray();
  }

  /// The cells from one number to before another.
  CellBatch part(final int from, final int to) {
    return some(IntStream.range(from, to).toArray());
  }

  SiteArrays site(final String name) {
    final var arrays = sites.get(name);
    if (arrays == null) {
      throw new IllegalArgumentException("no such site in this batch: site=" + name);
    }
    return arrays;
  }
}
