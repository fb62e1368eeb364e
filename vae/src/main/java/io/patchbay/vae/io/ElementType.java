package io.patchbay.vae.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The element types that the readers know, named as safetensors names them. Stored little-endian.
public enum ElementType {
  BOOL(1),
  U8(1),
  I8(1),
  U16(2),
  I16(2),
  F16(2),
  BF16(2),
  U32(4),
  I32(4),
  F32(4),
  U64(8),
  I64(8),
  F64(8);

  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int size;

  ElementType(int size) {
    this.size = size;
  }

  /// Bytes per element.
  public int size() {
    return size;
  }

  /// True for the types that hold whole numbers (and BOOL, as 0 and 1).
  public boolean integral() {
    return switch (this) {
      case BOOL, U8, I8, U16, I16, U32, I32, U64, I64 -> true;
      case F16, BF16, F32, F64 -> false;
    };
  }

  /// The element at `index` as a double; 64-bit integers are rounded to the nearest.
  double number(MemorySegment data, long index) {
    final long at = index * size;
    return switch (this) {
      case F16 -> Float.float16ToFloat(data.get(SHORT, at));
      case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
      case F32 -> data.get(FLOAT, at);
      case F64 -> data.get(DOUBLE, at);
      case U64 -> {
        final long bits = data.get(LONG, at);
        yield bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
      }
      case BOOL, U8, I8, U16, I16, U32, I32, I64 -> integer(data, index);
    };
  }

  /// The element at `index` of an integral type; U64 beyond 2^63 comes out negative.
  long integer(MemorySegment data, long index) {
    final long at = index * size;
    return switch (this) {
      case BOOL -> data.get(ValueLayout.JAVA_BYTE, at) == 0 ? 0 : 1;
      case I8 -> data.get(ValueLayout.JAVA_BYTE, at);
      case U8 -> data.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
      case I16 -> data.get(SHORT, at);
      case U16 -> data.get(SHORT, at) & 0xFFFF;
      case I32 -> data.get(INT, at);
      case U32 -> data.get(INT, at) & 0xFFFF_FFFFL;
      case I64, U64 -> data.get(LONG, at);
      case F16, BF16, F32, F64 -> throw new IllegalStateException("not integral: type=" + this);
    };
  }
}
