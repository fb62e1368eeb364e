package io.patchbay.kernels.cuda;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Shape;
import org.jspecify.annotations.Nullable;

/// A value that stands in the device's memory, rows one after the other, each in logical order.
final class Value {
  private final String name;
  private final Shape shape;
  private final @Nullable Value root;
  private long address;

  private Value(final String name, final Shape shape, final @Nullable Value root) {
    this.name = name;
    this.shape = shape;
    this.root = root;
  }

  static Value of(final String name, final Shape shape) {
    return new Value(name, shape, null);
  }

  /// A block of plain floats: packed weights, scratch.
  static Value plain(final String name, final @Nullable Axis axis, final int elements) {
    return new Value(name, Shape.of(elements).on(axis), null);
  }

  /// The same memory under another shape.
  static Value alias(final String name, final Shape shape, final Value of) {
    return new Value(name, shape, of.root());
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

  /// Elements of one row.
  int size() {
    return shape.rowSize();
  }

  long rowBytes() {
    return 4L * size();
  }

  /// For each position of a row, the distance in elements between neighbours.
  int[] strides() {
    final var strides = new int[shape.rank()];
    int stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape.dim(i);
    }
    return strides;
  }

  void placeAt(final long place) {
    this.address = place;
  }

  /// Where the first row stands.
  ///
  /// @throws IllegalStateException before it has its place: steps ask when they run
  long address() {
    final long place = root().address;
    if (place == 0) {
      throw new IllegalStateException("a value without a place: " + this);
    }
    return place;
  }

  @Override
  public String toString() {
    return name + " " + shape;
  }
}
