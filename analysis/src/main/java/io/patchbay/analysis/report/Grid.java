package io.patchbay.analysis.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/// A table of numbers, row by row; NaN where a cell has no value.
public final class Grid {

  private final int rows;
  private final int columns;
  private final double[] values; // (rows, columns)

  private Grid(int rows, int columns, double[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /// @param values rows x columns numbers, row by row; copied
  public static Grid of(int rows, int columns, double[] values) {
    if (rows < 1 || columns < 1 || values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "grid: rows=" + rows + ", columns=" + columns + ", values=" + values.length);
    }
    return new Grid(rows, columns, values.clone());
  }

  /// @param values one array per row, all of one length; copied
  public static Grid of(double[][] values) {
    int columns = values.length == 0 ? 0 : values[0].length;
    double[] flat = new double[Math.multiplyExact(values.length, columns)];
    for (int row = 0; row < values.length; row++) {
      if (values[row].length != columns) {
        throw new IllegalArgumentException(
            "grid: row=" + row + ", columns=" + values[row].length + ", expected=" + columns);
      }
      System.arraycopy(values[row], 0, flat, row * columns, columns);
    }
    return of(values.length, columns, flat);
  }

  /// @param values rows x columns numbers, row by row; copied
  public static Grid of(int rows, int columns, float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return of(rows, columns, wide);
  }

  @JsonProperty
  public int rows() {
    return rows;
  }

  @JsonProperty
  public int columns() {
    return columns;
  }

  public double at(int row, int column) {
    return values[row * columns + column];
  }

  @JsonProperty("values")
  double[] values() {
    return values.clone();
  }

  void requireShape(String what, int expectedRows, int expectedColumns) {
    if (rows != expectedRows || columns != expectedColumns) {
      throw new IllegalArgumentException(
          what
              + ": shape="
              + rows
              + "x"
              + columns
              + ", expected="
              + expectedRows
              + "x"
              + expectedColumns);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Grid grid
        && rows == grid.rows
        && columns == grid.columns
        && Arrays.equals(values, grid.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + columns) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Grid[" + rows + "x" + columns + "]";
  }
}
