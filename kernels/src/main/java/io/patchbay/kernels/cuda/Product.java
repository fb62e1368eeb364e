package io.patchbay.kernels.cuda;

/// A product (m, k) times (k, n) of matrices that stand in any order: element (i, j) of the first
/// at `i * aRow + j * aInner`, of the second at `i * bInner + j * bColumn`.
///
/// @param rows with `perRow` times as many rows of the result
/// @param inner with `perInner` times as many inner indices
record Product(
    Rows rows,
    int perRow,
    Rows inner,
    int perInner,
    int columns,
    int aRow,
    int aInner,
    int bInner,
    int bColumn) {
  int mostRows() {
    return Math.multiplyExact(rows.most(), perRow);
  }

  int mostInner() {
    return Math.multiplyExact(inner.most(), perInner);
  }
}
