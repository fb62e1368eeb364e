package io.patchbay.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Products against loops.
class OpenBlasTest {
  private static double[] random(final int count, final long seed) {
    return new Random(seed).doubles(count, -1, 1).toArray();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 2, 5", "64, 7, 1", "129, 33, 17", "1000, 10, 41"})
  void aProductIsThatOfTheLoops(final int rows, final int m, final int n) {
    final var a = random(rows * m, 1);
    final var b = random(rows * n, 2);
    final var c = OpenBlas.crossProduct(a, b, rows, m, n);
    assertEquals(m * n, c.length);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int r = 0; r < rows; r++) {
          sum += a[r * m + i] * b[r * n + j];
        }
        assertEquals(sum, c[i * n + j], 1e-12 * rows, "i=" + i + ", j=" + j);
      }
    }
  }

  @Test
  void aGramMatrixIsSymmetric() {
    final int columns = 13;
    final var gram = OpenBlas.gram(random(40 * columns, 3), 40, columns);
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < columns; j++) {
        assertEquals(gram[i * columns + j], gram[j * columns + i], 1e-13);
      }
    }
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> OpenBlas.crossProduct(new double[5], new double[6], 3, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> OpenBlas.gram(new double[6], 2, 2));
  }
}
