package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Ops that only move elements: reshapes that change the memory order, slices, pads, broadcasts
/// that are asked for in memory, transposes (`copy.cpp`).
final class CopyCandidate implements Candidate {
  private static final int DIMS = 5;

  private final MethodHandle copy;
  private final LinearCandidate linear;

  CopyCandidate(final KernelLibrary library, final LinearCandidate linear) {
    this.copy =
        library.kernel("copy_strided", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    this.linear = linear;
  }

  /// One strided copy: sizes of a row, and where each side's elements lie, in elements.
  private record Move(int[] dims, long[] from, long fromStart, long[] to, long toStart) {}

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    return switch (node.op()) {
      case Op.Reshape _, Op.StopGradient _ -> Optional.of(reshape(node, scope));
      case final Op.Slice s -> {
        final var out = scope.value(node);
        final var x = scope.value(node.input(0));
        final var from = longs(x.strides());
        final long start = (long) s.from() * x.strides()[s.position() - 1];
        final var move = new Move(out.shape().dims(), from, start, longs(out.strides()), 0);
        yield Optional.of(List.of(step("copy_strided", out, x, move, false)));
      }
      case final Op.Pad p -> {
        final var out = scope.value(node);
        final var x = scope.value(node.input(0));
        final long start = (long) p.from() * out.strides()[p.position() - 1];
        final var move =
            new Move(x.shape().dims(), longs(x.strides()), 0, longs(out.strides()), start);
        yield Optional.of(List.of(step("copy_strided", out, x, move, true)));
      }
      case final Op.Broadcast b -> Optional.of(List.of(broadcast(node, b, scope)));
      case final Op.MatMul m when m.transposeA() && m.transposeB() ->
          Optional.of(transposed(node, scope));
      default -> Optional.empty();
    };
  }

  private List<Step> reshape(final Node node, final Scope scope) {
    final var out = scope.value(node);
    if (out.root() != out) {
      return List.of();
    }
    final var x = scope.value(node.input(0));
    if (x.ordered() || out.ordered()) {
      // The side that is not in logical order gives the walk; the other is dense along it.
      final var shape = (x.ordered() ? out : x).shape();
      final var walk = longs(denseStrides(shape.dims()));
      final var from = x.ordered() ? walk : longs(x.strides());
      final var to = out.ordered() ? walk : longs(out.strides());
      return List.of(step("copy_strided", out, x, new Move(shape.dims(), from, 0, to, 0), false));
    }
    final var middle = scope.scratch("reshape", out.axis(), out.size());
    final var first =
        new Move(x.shape().dims(), longs(x.strides()), 0, longs(denseStrides(x.shape().dims())), 0);
    final var second =
        new Move(
            out.shape().dims(),
            longs(denseStrides(out.shape().dims())),
            0,
            longs(out.strides()),
            0);
    return List.of(
        step("copy_strided", middle, x, first, false),
        step("copy_strided", out, middle, second, false));
  }

  private Step broadcast(final Node node, final Op.Broadcast op, final Scope scope) {
    final var out = scope.value(node);
    final var x = scope.value(node.input(0));
    final var dims = out.shape().dims();
    final var from = new long[dims.length];
    int position = 0;
    for (int i = 0; i < dims.length; i++) {
      from[i] = op.positions().contains(i + 1) ? 0 : x.strides()[position++];
    }
    final var move = new Move(dims, from, 0, longs(out.strides()), 0);
    return step("copy_strided", out, x, move, false);
  }

  /// `aᵀ bᵀ`: `b` is turned first.
  private List<Step> transposed(final Node node, final Scope scope) {
    final var b = scope.value(node.input(1));
    final int rows = b.shape().dim(0);
    final int cols = b.shape().dim(1);
    final var turned = scope.scratch("transpose", null, rows * cols);
    final var move =
        new Move(new int[] {cols, rows}, new long[] {1, cols}, 0, new long[] {rows, 1}, 0);
    return List.of(
        step("copy_strided", turned, b, move, false),
        linear.transposedBy(scope.value(node.input(0)), turned, scope.value(node)));
  }

  private Step step(
      final String name, final Value out, final Value x, final Move move, final boolean zero) {
    final boolean rows = out.axis() != null;
    final Step.Body body =
        (f, first, count) -> {
          final int n = rows ? count : 1;
          final int row = rows ? first : 0;
          final long to = out.at(f, row);
          if (zero) {
            final long bytes = n * out.rowBytes();
            Memory.at(to, bytes).fill((byte) 0);
          }
          final long step = x.axis() == null ? 0 : x.size();
          run(
              f,
              x.at(f, x.axis() == null ? 0 : row) + 4 * move.fromStart(),
              step,
              to + 4 * move.toStart(),
              out.size(),
              move,
              n);
        };
    return rows
        ? Step.rows(name, out, List.of(x), body)
        : Step.whole(name, 1, out, List.of(x), body);
  }

  private void run(
      final Frame f,
      final long from,
      final long fromRow,
      final long to,
      final long toRow,
      final Move move,
      final int n) {
    final var scratch = f.scratch();
    final int rank = move.dims().length;
    if (rank > DIMS - 1) {
      throw new IllegalArgumentException("the cpu backend copies at most 4 dimensions: " + rank);
    }
    final int lead = DIMS - 1 - rank;
    for (int d = 0; d < DIMS; d++) {
      final int i = d - 1 - lead;
      final boolean padded = d > 0 && i < 0;
      put(scratch, d, d == 0 ? fromRow : padded ? 0 : move.from()[i]);
      put(scratch, DIMS + d, d == 0 ? toRow : padded ? 0 : move.to()[i]);
      put(scratch, 2 * DIMS + d, d == 0 ? n : padded ? 1 : move.dims()[i]);
    }
    final long base = scratch.address();
    try {
      KernelLibrary.check(
          "copy_strided",
          (int) copy.invokeExact(from, base, to, base + 8L * DIMS, base + 16L * DIMS));
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("copy_strided", t);
    }
  }

  private static void put(final MemorySegment scratch, final int index, final long value) {
    scratch.setAtIndex(JAVA_LONG, index, value);
  }

  private static int[] denseStrides(final int[] dims) {
    final var strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strides;
  }

  private static long[] longs(final int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }
}
