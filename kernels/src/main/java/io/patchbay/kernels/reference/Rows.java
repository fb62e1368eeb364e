package io.patchbay.kernels.reference;

import io.patchbay.engine.Sizes;
import java.util.Arrays;

/// Gather and scatter: rows, or single elements, of a table by index.
final class Rows {
  private Rows() {}

  static Step gather(final Value table, final Value index, final Value out) {
    return (sizes, workers) -> {
      final int width = table.rowSize();
      final int rows = out.rows(sizes);
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < width; i++) {
          final int from = table.row(pick(index, row, i, table, sizes)) + i;
          out.data()[out.row(row) + i] = table.data()[from];
        }
      }
    };
  }

  static Step scatter(final Value g, final Value index, final Value out) {
    return (sizes, workers) -> {
      final int width = g.rowSize();
      final int rows = g.rows(sizes);
      Arrays.fill(out.data(), out.at(), out.at() + out.elements(sizes), 0);
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < width; i++) {
          out.data()[out.row(pick(index, row, i, out, sizes)) + i] += g.data()[g.row(row) + i];
        }
      }
    };
  }

  /// The row of the table that element `i` of `row` names.
  private static int pick(
      final Value index, final int row, final int i, final Value table, final Sizes sizes) {
    final int place = index.shape().rank() == 0 ? index.row(row) : index.row(row) + i;
    final int picked = (int) index.data()[place];
    if (picked < 0 || picked >= table.rows(sizes)) {
      throw new IllegalArgumentException(
          "index outside the table: row=%d, index=%d, rows=%d"
              .formatted(row, picked, table.rows(sizes)));
    }
    return picked;
  }
}
