package io.patchbay.kernels.cpu;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import org.jspecify.annotations.Nullable;

/// A value that stands in memory, and where. Values of rank 3 are stored (H, W, C), all others in
/// their logical order; states keep their logical order always.
final class Value {
  private final String name;
  private final Shape shape;
  private final boolean hwc;
  private final @Nullable Value root;
  private boolean local;
  private long base;

  private Value(
      final String name, final Shape shape, final boolean hwc, final @Nullable Value root) {
    this.name = name;
    this.shape = shape;
    this.hwc = hwc;
    this.root = root;
  }

  static Value of(final String name, final Shape shape, final Op op) {
    return new Value(name, shape, shape.rank() == 3 && !(op instanceof Op.State), null);
  }

  /// A block of plain floats: packed weights, scratch.
  static Value plain(final String name, final @Nullable Axis axis, final int elements) {
    return new Value(name, Shape.of(elements).on(axis), false, null);
  }

  /// The same memory under another shape.
  static Value alias(final String name, final Shape shape, final Value of) {
    return new Value(name, shape, shape.rank() == 3, of.root());
  }

  /// The value that owns the memory.
  Value root() {
    return root == null ? this : root;
  }

  Shape shape() {
    return shape;
  }

  @Nullable Axis axis() {
    return shape.axis();
  }

  boolean hwc() {
    return hwc;
  }

  /// Elements of one row.
  int size() {
    return shape.rowSize();
  }

  long rowBytes() {
    return 4L * size();
  }

  /// Whether (C, H, W) and (H, W, C) are the same order for this value.
  boolean ordered() {
    return !hwc || shape.dim(0) == 1 || shape.dim(1) * shape.dim(2) == 1;
  }

  /// For each logical position, the distance in elements between neighbours.
  int[] strides() {
    final var dims = shape.dims();
    final var strides = new int[dims.length];
    if (hwc) {
      strides[0] = 1;
      strides[1] = dims[2] * dims[0];
      strides[2] = dims[0];
      return strides;
    }
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strides;
  }

  /// Puts the value at an absolute address.
  void placeAt(final long address) {
    this.base = address;
    this.local = false;
  }

  /// Puts the value into every worker's block-sized memory.
  void placeLocal(final long offset) {
    this.base = offset;
    this.local = true;
  }

  /// The address of a row.
  long at(final Frame frame, final int row) {
    final var owner = root();
    return owner.local
        ? frame.local() + owner.base + (row - frame.first()) * owner.rowBytes()
        : owner.base + row * owner.rowBytes();
  }

  /// The address of the first row of a value that is not block-sized.
  long address() {
    final var owner = root();
    if (owner.local) {
      throw new IllegalStateException("a value of one block has no address: " + name);
    }
    return owner.base;
  }

  @Override
  public String toString() {
    return name + " " + shape;
  }
}
