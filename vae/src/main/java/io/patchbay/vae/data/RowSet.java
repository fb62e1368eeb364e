package io.patchbay.vae.data;

/// A choice of rows of a data set, in a fixed order.
public final class RowSet {
  private final long size;
  // Empty for "all rows": then a position is its own row.
  private final int[] rows;

  private RowSet(long size, int[] rows) {
    this.size = size;
    this.rows = rows;
  }

  /// All rows, in order.
  public static RowSet all(long size) {
    if (size < 1) {
      throw new IllegalArgumentException("no rows to choose from: size=" + size);
    }
    return new RowSet(size, new int[0]);
  }

  static RowSet of(int[] rows) {
    return new RowSet(rows.length, rows);
  }

  /// Number of rows.
  public long size() {
    return size;
  }

  /// The row at a position below [#size].
  public long row(long position) {
    if (position < 0 || position >= size) {
      throw new IllegalArgumentException("position: position=" + position + ", size=" + size);
    }
    return rows.length == 0 ? position : rows[(int) position];
  }
}
