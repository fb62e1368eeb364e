package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Between Java arrays in logical (C, H, W) order and memory in (H, W, C) (`copy.cpp`).
final class Boundary {
  private static final long STAGE = 1 << 20;

  private final MethodHandle toNhwc;
  private final MethodHandle toNchw;

  Boundary(final KernelLibrary library) {
    this.toNhwc =
        library.kernel(
            "layout_to_nhwc", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    this.toNchw =
        library.kernel(
            "layout_to_nchw", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  }

  /// Copies `count` rows of `array` from element `offset` on into rows `row`.. of `value`.
  void write(
      final MemorySegment array,
      final long offset,
      final Value value,
      final int row,
      final int count,
      final Memory memory) {
    final long to = value.address() + row * value.rowBytes();
    if (value.ordered()) {
      copy(
          array,
          offset * 4,
          Memory.at(to, count * value.rowBytes()),
          0,
          (long) count * value.size());
      return;
    }
    final int chunk = chunk(value);
    final var stage = memory.stage(chunk * value.rowBytes());
    for (int i = 0; i < count; i += chunk) {
      final int n = Math.min(chunk, count - i);
      copy(array, (offset + (long) i * value.size()) * 4, stage, 0, (long) n * value.size());
      turn(toNhwc, stage.address(), to + i * value.rowBytes(), value, n);
    }
  }

  /// Copies the first `count` rows of `value` into `array` from element `offset` on.
  void read(
      final Value value,
      final int count,
      final MemorySegment array,
      final long offset,
      final Memory memory) {
    final long from = value.address();
    if (value.ordered()) {
      copy(
          Memory.at(from, count * value.rowBytes()),
          0,
          array,
          offset * 4,
          (long) count * value.size());
      return;
    }
    final int chunk = chunk(value);
    final var stage = memory.stage(chunk * value.rowBytes());
    for (int i = 0; i < count; i += chunk) {
      final int n = Math.min(chunk, count - i);
      turn(toNchw, from + i * value.rowBytes(), stage.address(), value, n);
      copy(stage, 0, array, (offset + (long) i * value.size()) * 4, (long) n * value.size());
    }
  }

  /// Whether [#move] takes these two: as many elements a row, and at most one turn between them.
  boolean moves(final Value from, final Value to) {
    return from.size() == to.size() && (alike(from, to) || from.ordered() || to.ordered());
  }

  private static boolean alike(final Value from, final Value to) {
    final boolean same = from.hwc() == to.hwc() && from.shape().sameDims(to.shape());
    return same || (from.ordered() && to.ordered());
  }

  /// Copies one row of a value into one of another.
  void move(final Value from, final int fromRow, final Value to, final int toRow) {
    final long source = from.address() + fromRow * from.rowBytes();
    final long target = to.address() + toRow * to.rowBytes();
    if (alike(from, to)) {
      MemorySegment.copy(
          Memory.at(source, from.rowBytes()),
          0,
          Memory.at(target, to.rowBytes()),
          0,
          to.rowBytes());
    } else if (to.ordered()) {
      turn(toNchw, source, target, from, 1);
    } else {
      turn(toNhwc, source, target, to, 1);
    }
  }

  private static int chunk(final Value value) {
    return (int) Math.max(1, STAGE / value.rowBytes());
  }

  private static void copy(
      final MemorySegment from,
      final long at,
      final MemorySegment to,
      final long where,
      final long elements) {
    MemorySegment.copy(
        from,
        ValueLayout.JAVA_INT_UNALIGNED,
        at,
        to,
        ValueLayout.JAVA_INT_UNALIGNED,
        where,
        elements);
  }

  private static void turn(
      final MethodHandle kernel, final long from, final long to, final Value value, final int n) {
    final var shape = value.shape();
    try {
      KernelLibrary.check(
          "layout",
          (int) kernel.invokeExact(from, to, shape.dim(0), shape.dim(1), shape.dim(2), (long) n));
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("layout", t);
    }
  }
}
