package io.patchbay.kernels.reference;

import io.patchbay.engine.Op;
import io.patchbay.engine.Sizes;
import java.util.Arrays;

/// The product of two matrices, as sums of rows: row i of the result is the sum of the rows of `b`,
/// each times one element of `a`, in the order of the rows. A row of the result depends on nothing
/// but its row of `a` and all of `b`.
final class MatrixProduct {
  /// Elements of `b` that are used for every row of the result before the next ones are read.
  private static final int BLOCK = 32_768;

  private MatrixProduct() {}

  /// A matrix in a slab: element (i, j) at `at + i * rowStep + j * columnStep`.
  @SuppressWarnings("ArrayRecordComponent") // a place in a slab that others hold too
  record Matrix(double[] data, int at, int rowStep, int columnStep) {}

  static Step of(final Op.MatMul op, final Value a, final Value b, final Value out) {
    return (sizes, workers) -> {
      final int columns = out.shape().dim(out.shape().rank() - 1);
      final int rows = out.elements(sizes) / columns;
      final int inner = op.transposeA() ? height(a, sizes) : width(a);
      final var left =
          op.transposeA()
              ? new Matrix(a.data(), a.at(), 1, width(a))
              : new Matrix(a.data(), a.at(), width(a), 1);
      final var right =
          op.transposeB()
              ? transposed(b, columns, inner)
              : new Matrix(b.data(), b.at(), columns, 1);
      final var result = new Matrix(out.data(), out.at(), columns, 1);
      workers.split(
          rows,
          (long) inner * columns,
          (from, to) -> multiply(left, right, result, from, to, inner, columns));
    };
  }

  private static int width(final Value v) {
    return v.shape().dim(v.shape().rank() - 1);
  }

  private static int height(final Value v, final Sizes sizes) {
    return v.elements(sizes) / width(v);
  }

  private static Matrix transposed(final Value b, final int rows, final int columns) {
    final var copy = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        copy[j * rows + i] = b.data()[b.at() + i * columns + j];
      }
    }
    return new Matrix(copy, 0, rows, 1);
  }

  /// Rows `from` to `to` of `c = a b`; rows of `b` and of `c` are contiguous.
  static void multiply(
      final Matrix a,
      final Matrix b,
      final Matrix c,
      final int from,
      final int to,
      final int inner,
      final int columns) {
    for (int i = from; i < to; i++) {
      final int start = c.at() + i * c.rowStep();
      Arrays.fill(c.data(), start, start + columns, 0);
    }
    add(a, b, c, from, to, inner, columns);
  }

  /// As [#multiply], added to what `c` holds.
  static void add(
      final Matrix a,
      final Matrix b,
      final Matrix c,
      final int from,
      final int to,
      final int inner,
      final int columns) {
    final int depth = Math.max(4, BLOCK / Math.max(columns, 1) / 4 * 4);
    for (int first = 0; first < inner; first += depth) {
      final int last = Math.min(inner, first + depth);
      for (int i = from; i < to; i++) {
        addRows(a, i, b, c, first, last, columns);
      }
    }
  }

  private static void addRows(
      final Matrix a,
      final int i,
      final Matrix b,
      final Matrix c,
      final int first,
      final int last,
      final int columns) {
    final int target = c.at() + i * c.rowStep();
    final int factor = a.at() + i * a.rowStep();
    final int step = a.columnStep();
    int k = first;
    for (; k + 4 <= last; k += 4) {
      addFour(
          c.data(),
          target,
          b.data(),
          b.at() + k * b.rowStep(),
          b.rowStep(),
          a.data()[factor + k * step],
          a.data()[factor + (k + 1) * step],
          a.data()[factor + (k + 2) * step],
          a.data()[factor + (k + 3) * step],
          columns);
    }
    for (; k < last; k++) {
      addOne(
          c.data(),
          target,
          b.data(),
          b.at() + k * b.rowStep(),
          a.data()[factor + k * step],
          columns);
    }
  }

  /// Four rows at once, so that `c` is read and written a quarter as often; the order of the
  /// additions is that of four calls of [#addOne].
  private static void addFour(
      final double[] c,
      final int target,
      final double[] b,
      final int source,
      final int step,
      final double f0,
      final double f1,
      final double f2,
      final double f3,
      final int columns) {
    final int second = source + step;
    final int third = second + step;
    final int fourth = third + step;
    for (int j = 0; j < columns; j++) {
      c[target + j] =
          c[target + j]
              + f0 * b[source + j]
              + f1 * b[second + j]
              + f2 * b[third + j]
              + f3 * b[fourth + j];
    }
  }

  private static void addOne(
      final double[] c,
      final int target,
      final double[] b,
      final int source,
      final double factor,
      final int columns) {
    for (int j = 0; j < columns; j++) {
      c[target + j] += factor * b[source + j];
    }
  }
}
