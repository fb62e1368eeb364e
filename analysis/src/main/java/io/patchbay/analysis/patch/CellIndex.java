package io.patchbay.analysis.patch;

import io.patchbay.engine.Node;
import io.patchbay.engine.Program;

/// A row of some table for each of many cells: the row of cell i is `values[i / block * each + i %
/// each]`. Nobody changes it once it stands in a batch.
///
/// @param block cells that take from the same `each` values, a multiple of it
@SuppressWarnings("ArrayRecordComponent") // shared between batches, never changed
public record CellIndex(int[] values, int block, int each, int cells) {
  /// One by one.
  static CellIndex of(final int[] rows) {
    return new CellIndex(rows, 1, 1, rows.length);
  }

  int row(final int cell) {
    return values[cell / block * each + cell % each];
  }

  /// Some of the cells.
  ///
  /// @param which their numbers, ascending
  CellIndex some(final int[] which) {
    final var rows = new int[which.length];
    int begin = 0;
    int turn = 0;
    int from = 0;
    for (int i = 0; i < rows.length; i++) {
      final int cell = which[i];
      while (cell - begin >= block) {
        begin += block;
        turn = begin;
        from += each;
      }
      while (cell - turn >= each) {
        turn += each;
      }
      rows[i] = values[from + cell - turn];
    }
    return of(rows);
  }

  /// Writes it as what a program is given.
  void write(final Program program, final Node given) {
    if (block == 1) {
      program.write(given, values);
    } else {
      program.spread(given, values, block, each, cells);
    }
  }
}
