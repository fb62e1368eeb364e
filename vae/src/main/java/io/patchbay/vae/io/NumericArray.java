package io.patchbay.vae.io;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// An array as a file holds it: element type, shape, and the bytes in row-major (C) order,
/// little-endian. Rank 0 holds one element; a dimension of 0 holds none.
///
/// @param data exactly the array's bytes
public record NumericArray(ElementType type, List<Long> shape, MemorySegment data) {
  /// @throws IllegalArgumentException if the bytes are not those of the shape
  public NumericArray {
    shape = List.copyOf(shape);
    long bytes = type.size();
    for (long dimension : shape) {
      bytes = Math.multiplyExact(bytes, dimension);
    }
    if (bytes != data.byteSize()) {
      throw new IllegalArgumentException(
          "array size: type="
              + type
              + ", shape="
              + shape
              + ", bytes="
              + data.byteSize()
              + ", expected="
              + bytes);
    }
  }

  /// F32 values of the given shape.
  public static NumericArray ofFloats(float[] values, long... shape) {
    final MemorySegment data =
        MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
    MemorySegment.copy(values, 0, data, ElementType.FLOAT, 0, values.length);
    return new NumericArray(ElementType.F32, dimensions(shape), data);
  }

  /// F64 values of the given shape.
  public static NumericArray ofDoubles(double[] values, long... shape) {
    final MemorySegment data =
        MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 8)]);
    MemorySegment.copy(values, 0, data, ElementType.DOUBLE, 0, values.length);
    return new NumericArray(ElementType.F64, dimensions(shape), data);
  }

  /// I64 values of the given shape.
  public static NumericArray ofLongs(long[] values, long... shape) {
    final MemorySegment data =
        MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 8)]);
    MemorySegment.copy(values, 0, data, ElementType.LONG, 0, values.length);
    return new NumericArray(ElementType.I64, dimensions(shape), data);
  }

  /// I32 values of the given shape.
  public static NumericArray ofInts(int[] values, long... shape) {
    final MemorySegment data =
        MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
    MemorySegment.copy(values, 0, data, ElementType.INT, 0, values.length);
    return new NumericArray(ElementType.I32, dimensions(shape), data);
  }

  /// U8 values of the given shape. The array is not copied.
  public static NumericArray ofBytes(byte[] values, long... shape) {
    return new NumericArray(ElementType.U8, dimensions(shape), MemorySegment.ofArray(values));
  }

  /// Number of elements.
  public long elements() {
    return data.byteSize() / type.size();
  }

  /// All elements as floats, rounded to the nearest where the type is wider.
  public float[] floats() {
    final float[] values = new float[count()];
    if (type == ElementType.F32) {
      MemorySegment.copy(data, ElementType.FLOAT, 0, values, 0, values.length);
    } else {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) type.number(data, i);
      }
    }
    return values;
  }

  /// All elements as doubles; 64-bit integers are rounded to the nearest.
  public double[] doubles() {
    final double[] values = new double[count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.number(data, i);
    }
    return values;
  }

  /// All elements of an integral type.
  ///
  /// @throws IllegalStateException if the type is a floating one
  /// @throws ArithmeticException if an unsigned value has no place in a long
  public long[] longs() {
    final long[] values = new long[count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.integer(data, i);
      if (values[i] < 0 && type == ElementType.U64) {
        throw new ArithmeticException(
            "no place in a long: value=" + Long.toUnsignedString(values[i]) + ", index=" + i);
      }
    }
    return values;
  }

  private int count() {
    if (elements() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("too long for a Java array: elements=" + elements());
    }
    return (int) elements();
  }

  private static List<Long> dimensions(long... shape) {
    return Arrays.stream(shape).boxed().toList();
  }
}
