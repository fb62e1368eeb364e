package io.patchbay.analysis.statistics;

import java.util.Arrays;

/// A dense row-major table of finite numbers; rows are observations unless said otherwise.
public final class Matrix {
  private final double[] values;
  private final int rows;
  private final int columns;

  private Matrix(double[] values, int rows, int columns) {
    if (rows < 0 || columns < 0 || values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "matrix size: rows=" + rows + ", columns=" + columns + ", values=" + values.length);
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "matrix value not finite: row="
                + i / columns
                + ", column="
                + i % columns
                + ", value="
                + values[i]);
      }
    }
    this.values = values;
    this.rows = rows;
    this.columns = columns;
  }

  /// Copies `values` (rows x columns, row-major).
  public static Matrix of(double[] values, int rows, int columns) {
    return new Matrix(values.clone(), rows, columns);
  }

  /// Copies `values` (rows x columns, row-major).
  public static Matrix of(float[] values, int rows, int columns) {
    double[] copy = new double[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values[i];
    }
    return new Matrix(copy, rows, columns);
  }

  /// Copies rows of equal length.
  public static Matrix ofRows(double[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    double[] copy = new double[Math.multiplyExact(rows.length, columns)];
    for (int r = 0; r < rows.length; r++) {
      if (rows[r].length != columns) {
        throw new IllegalArgumentException(
            "ragged matrix: row=" + r + ", length=" + rows[r].length + ", expected=" + columns);
      }
      System.arraycopy(rows[r], 0, copy, r * columns, columns);
    }
    return new Matrix(copy, rows.length, columns);
  }

  /// One column holding a copy of `values`.
  public static Matrix ofColumn(double[] values) {
    return new Matrix(values.clone(), values.length, 1);
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /// A copy of all values, row-major.
  public double[] values() {
    return values.clone();
  }

  public double at(int row, int column) {
    return values[index(row, column)];
  }

  /// A copy of one row.
  public double[] row(int row) {
    int start = index(row, 0);
    return Arrays.copyOfRange(values, start, start + columns);
  }

  /// A copy of one column.
  public double[] column(int column) {
    double[] copy = new double[rows];
    for (int r = 0; r < rows; r++) {
      copy[r] = values[index(r, column)];
    }
    return copy;
  }

  /// The given rows, in the given order.
  public Matrix select(int[] chosen) {
    double[] copy = new double[Math.multiplyExact(chosen.length, columns)];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(values, index(chosen[i], 0), copy, i * columns, columns);
    }
    return new Matrix(copy, chosen.length, columns);
  }

  /// Inner product of a row of this matrix and a row of another with as many columns.
  public double dot(int row, Matrix other, int otherRow) {
    if (columns != other.columns) {
      throw new IllegalArgumentException(
          "dot of rows: columns=" + columns + ", other=" + other.columns);
    }
    return dot(values, row * columns, other.values, otherRow * columns, columns);
  }

  // Four sums, because one sum is bound by the latency of its additions.
  static double dot(double[] a, int aStart, double[] b, int bStart, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      s0 += a[aStart + i] * b[bStart + i];
      s1 += a[aStart + i + 1] * b[bStart + i + 1];
      s2 += a[aStart + i + 2] * b[bStart + i + 2];
      s3 += a[aStart + i + 3] * b[bStart + i + 3];
    }
    for (; i < length; i++) {
      s0 += a[aStart + i] * b[bStart + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /// Adds `weight` times part of a row, columns `start` to `start + target.length`, to `target`.
  void addTo(double[] target, int row, int start, double weight) {
    int offset = index(row, 0) + start;
    for (int i = 0; i < target.length; i++) {
      target[i] += weight * values[offset + i];
    }
  }

  /// Adds a row to `target` with the columns of every group of `width` taken in the given order.
  void addRelabelled(double[] target, int row, int[] orders, int start, int width) {
    int offset = index(row, 0);
    for (int group = 0; group < columns; group += width) {
      for (int i = 0; i < width; i++) {
        target[group + i] += values[offset + group + orders[start + i]];
      }
    }
  }

  private int index(int row, int column) {
    if (row < 0 || row >= rows || column < 0 || (column >= columns && columns > 0)) {
      throw new IndexOutOfBoundsException(
          "matrix index: row=" + row + ", column=" + column + ", size=" + rows + "x" + columns);
    }
    return row * columns + column;
  }
}
