package io.patchbay.vae.data;

import java.util.List;

/// The row-major grid over a list of factors: the last factor varies fastest.
final class FactorGrid {
  private final int[] sizes;
  private final long rows;

  FactorGrid(List<Factor> factors) {
    sizes = new int[factors.size()];
    long product = 1;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = factors.get(i).size();
      product = Math.multiplyExact(product, (long) sizes[i]);
    }
    rows = product;
  }

  long rows() {
    return rows;
  }

  int[] sizes() {
    return sizes.clone();
  }

  int[] indicesOf(long row) {
    if (row < 0 || row >= rows) {
      throw new IllegalArgumentException("row out of range: row=" + row + ", rows=" + rows);
    }
    final int[] indices = new int[sizes.length];
    long rest = row;
    for (int i = sizes.length - 1; i >= 0; i--) {
      indices[i] = (int) (rest % sizes[i]);
      rest /= sizes[i];
    }
    return indices;
  }

  long rowOf(int[] indices) {
    if (indices.length != sizes.length) {
      throw new IllegalArgumentException(
          "factor indices: given=" + indices.length + ", factors=" + sizes.length);
    }
    long row = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (indices[i] < 0 || indices[i] >= sizes[i]) {
        throw new IllegalArgumentException(
            "factor index out of range: factor="
                + i
                + ", index="
                + indices[i]
                + ", size="
                + sizes[i]);
      }
      row = row * sizes[i] + indices[i];
    }
    return row;
  }
}
