package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/// Sums and largest elements (`reduce.cpp`), in an order fixed by the shape.
final class ReduceCandidate implements Candidate {
  private static final int DIMS = 5;

  private final MethodHandle reduce;

  ReduceCandidate(final KernelLibrary library) {
    this.reduce = library.kernel("reduce", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  @Override
  @SuppressWarnings("EnumOrdinal") // the kernel's codes are the order of the enum
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Op.Reduce op)) {
      return Optional.empty();
    }
    final var x = scope.value(node.input(0));
    final var out = scope.value(node);
    final int rank = x.shape().rank();
    // What is kept of a (H, W, C) value lies in that order; logical order wants it turned back
    // unless a single size or all three are kept.
    final long kept = rank - op.positions().stream().filter(p -> p > 0).count();
    if (x.hwc() && kept == 2 && !op.positions().contains(1)) {
      throw new IllegalArgumentException(
          "the cpu backend keeps channels of an image only alone or with both directions: " + node);
    }
    final var order = x.hwc() ? new int[] {1, 2, 0} : null;
    final var dims = new int[DIMS];
    final var mask = new int[DIMS];
    for (int d = 0; d < DIMS; d++) {
      final int i = d - (DIMS - rank);
      dims[d] = i < 0 ? 1 : x.shape().dim(order == null ? i : order[i]);
      final int position = (i < 0 ? 0 : (order == null ? i : order[i])) + 1;
      mask[d] = i >= 0 && op.positions().contains(position) ? 1 : 0;
    }
    final boolean overRows = op.positions().contains(0);
    mask[0] = overRows ? 1 : 0;
    final int kind = op.kind().ordinal();
    if (out.axis() != null) {
      return Optional.of(
          List.of(
              Step.rows(
                  "reduce",
                  out,
                  List.of(x),
                  (f, first, count) ->
                      call(f, kind, x.at(f, first), out.at(f, first), dims, mask, count))));
    }
    return Optional.of(
        List.of(
            Step.whole(
                "reduce",
                1,
                out,
                List.of(x),
                (f, part, parts) ->
                    call(f, kind, x.address(), out.address(), dims, mask, f.rows(x.axis())))));
  }

  private void call(
      final Frame f,
      final int kind,
      final long x,
      final long y,
      final int[] dims,
      final int[] mask,
      final int rows) {
    final var scratch = f.scratch();
    for (int d = 0; d < DIMS; d++) {
      scratch.setAtIndex(JAVA_LONG, d, d == 0 ? rows : dims[d]);
      scratch.setAtIndex(JAVA_INT, 2L * DIMS + d, mask[d]);
    }
    final long base = scratch.address();
    try {
      KernelLibrary.check("reduce", (int) reduce.invokeExact(kind, x, y, base, base + 8L * DIMS));
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("reduce", t);
    }
  }
}
