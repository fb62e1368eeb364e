package io.patchbay.kernels.reference;

import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;

/// Where a value lies: rows one after the other from place `at` of a slab, each in (C, H, W) order.
@SuppressWarnings("ArrayRecordComponent") // a place in a slab that others hold too
record Value(Shape shape, double[] data, int at) {
  int rowSize() {
    return shape.rowSize();
  }

  int rows(final Sizes sizes) {
    return sizes.of(shape.axis());
  }

  int elements(final Sizes sizes) {
    return Math.toIntExact(sizes.elements(shape));
  }

  /// The place of a row.
  int row(final int row) {
    return at + row * rowSize();
  }

  void copyFrom(final Value other, final int elements) {
    System.arraycopy(other.data, other.at, data, at, elements);
  }
}
