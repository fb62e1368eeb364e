package io.patchbay.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The shape of a value: an optional batch axis and the sizes of one row. Positions count from the
/// axis: position 0 is the axis, position 1 the first size, whether or not there is an axis.
public final class Shape {
  /// What one element is.
  public enum Type {
    F32,
    I32
  }

  private final @Nullable Axis axis;
  private final Type type;
  private final int[] dims;
  private final int rowSize;

  private Shape(final @Nullable Axis axis, final Type type, final int[] dims) {
    for (final int dim : dims) {
      if (dim <= 0) {
        throw new IllegalArgumentException("sizes must be positive: dims=" + Arrays.toString(dims));
      }
    }
    this.axis = axis;
    this.type = type;
    this.dims = dims;
    rowSize = Arrays.stream(dims).reduce(1, Math::multiplyExact);
  }

  /// A value without a batch axis; no sizes make a scalar.
  public static Shape of(final int... dims) {
    return new Shape(null, Type.F32, dims.clone());
  }

  /// One row of `dims` for each row of `axis`.
  public static Shape batched(final Axis axis, final int... dims) {
    return new Shape(axis, Type.F32, dims.clone());
  }

  /// The same sizes, holding integers.
  public Shape integers() {
    return new Shape(axis, Type.I32, dims);
  }

  /// The same row on another axis, or on none.
  public Shape on(final @Nullable Axis other) {
    return new Shape(other, type, dims);
  }

  /// Other sizes on the same axis.
  public Shape withDims(final int... other) {
    return new Shape(axis, type, other.clone());
  }

  public @Nullable Axis axis() {
    return axis;
  }

  public boolean isBatched() {
    return axis != null;
  }

  public Type type() {
    return type;
  }

  public int rank() {
    return dims.length;
  }

  public int dim(final int index) {
    return dims[index];
  }

  public int[] dims() {
    return dims.clone();
  }

  /// Elements in one row.
  public int rowSize() {
    return rowSize;
  }

  /// This shape without the given positions.
  public Shape without(final List<Integer> positions) {
    final var kept = new int[dims.length];
    int count = 0;
    for (int i = 0; i < dims.length; i++) {
      if (!positions.contains(i + 1)) {
        kept[count++] = dims[i];
      }
    }
    return new Shape(positions.contains(0) ? null : axis, type, Arrays.copyOf(kept, count));
  }

  public boolean sameDims(final Shape other) {
    return Arrays.equals(dims, other.dims);
  }

  @Override
  public boolean equals(final @Nullable Object other) {
    return other instanceof final Shape s
        && Objects.equals(axis, s.axis)
        && type == s.type
        && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hash(axis, type) + Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    final var sizes =
        Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    final var rows = axis == null ? "" : axis.name() + (dims.length == 0 ? "" : "; ");
    return "(" + rows + sizes + ")" + (type == Type.I32 ? ":i32" : "");
  }
}
