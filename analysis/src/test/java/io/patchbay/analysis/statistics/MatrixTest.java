package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MatrixTest {
  private final Matrix matrix = Matrix.ofRows(new double[][] {{1, 2, 3}, {4, 5, 6}});

  @Test
  void rowsColumnsAndSelections() {
    assertArrayEquals(new double[] {4, 5, 6}, matrix.row(1));
    assertArrayEquals(new double[] {2, 5}, matrix.column(1));
    assertArrayEquals(new double[] {3, 6, 3}, matrix.select(new int[] {0, 1, 0}).column(2));
    assertEquals(6, Matrix.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).at(1, 2));
  }

  @Test
  void innerProductsOfEveryLength() {
    for (int length = 1; length < 11; length++) {
      double[][] rows = new double[2][length];
      double expected = 0;
      for (int i = 0; i < length; i++) {
        rows[0][i] = i + 1;
        rows[1][i] = 2 * i - 3;
        expected += rows[0][i] * rows[1][i];
      }
      Matrix pair = Matrix.ofRows(rows);
      assertEquals(expected, pair.dot(0, pair, 1));
    }
  }

  @Test
  void refusesWhatIsNotAFiniteTable() {
    IllegalArgumentException notFinite =
        assertThrows(
            IllegalArgumentException.class,
            () -> Matrix.of(new float[] {1, 2, 3, Float.NaN, 5, 6}, 3, 2));
    assertTrue(notFinite.toString().contains("row=1, column=1"), notFinite.toString());
    assertThrows(IllegalArgumentException.class, () -> Matrix.of(new double[5], 2, 3));
    assertThrows(IllegalArgumentException.class, () -> Matrix.ofRows(new double[][] {{1, 2}, {3}}));
    assertThrows(IndexOutOfBoundsException.class, () -> matrix.at(0, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> matrix.at(-1, 0));
  }
}
