package io.patchbay.kernels.reference;

import io.patchbay.engine.Op;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import java.util.Arrays;
import java.util.List;

/// Ops that move, repeat or add up elements by their position: reduce, broadcast, slice, pad, copy.
final class Places {
  private Places() {}

  static Step reduce(final Op.Reduce op, final Value x, final Value out) {
    return (sizes, workers) -> {
      final boolean sum = op.kind() == ReduceKind.SUM;
      if (!sum && x.elements(sizes) == 0 && out.elements(sizes) > 0) {
        throw new IllegalArgumentException(
            "the largest of no elements: shape=" + x.shape() + ", sizes=" + sizes);
      }
      final double[] from = x.data();
      final double[] to = out.data();
      Arrays.fill(to, out.at(), out.at() + out.elements(sizes), sum ? 0 : Double.NEGATIVE_INFINITY);
      final Pair add =
          switch (op.kind()) {
            case SUM -> (large, small) -> to[out.at() + small] += from[x.at() + large];
            case MAX ->
                (large, small) ->
                    to[out.at() + small] = Math.max(to[out.at() + small], from[x.at() + large]);
          };
      visit(x.shape(), op.positions(), sizes, add);
    };
  }

  static Step broadcast(final Op.Broadcast op, final Value x, final Value out) {
    return (sizes, workers) ->
        visit(
            op.target(),
            op.positions(),
            sizes,
            (large, small) -> out.data()[out.at() + large] = x.data()[x.at() + small]);
  }

  static Step slice(final Op.Slice op, final Value x, final Value out) {
    return (sizes, workers) ->
        runs(op.position(), x, out, sizes, op.from(), 0, op.to() - op.from());
  }

  static Step pad(final Op.Pad op, final Value x, final Value out) {
    return (sizes, workers) -> {
      Arrays.fill(out.data(), out.at(), out.at() + out.elements(sizes), 0);
      runs(op.position(), x, out, sizes, 0, op.from(), x.shape().dim(op.position() - 1));
    };
  }

  static Step copy(final Value x, final Value out) {
    return (sizes, workers) -> out.copyFrom(x, out.elements(sizes));
  }

  /// Copies `count` indices of one position, from index `from` of `x` on to index `to` of `out` on.
  private static void runs(
      final int position,
      final Value x,
      final Value out,
      final Sizes sizes,
      final int from,
      final int to,
      final int count) {
    int inner = 1;
    for (int d = position; d < x.shape().rank(); d++) {
      inner *= x.shape().dim(d);
    }
    final int fromRun = x.shape().dim(position - 1) * inner;
    final int toRun = out.shape().dim(position - 1) * inner;
    final int outer = x.elements(sizes) / fromRun;
    for (int i = 0; i < outer; i++) {
      System.arraycopy(
          x.data(),
          x.at() + i * fromRun + from * inner,
          out.data(),
          out.at() + i * toRun + to * inner,
          count * inner);
    }
  }

  /// An element of a value and the one it belongs to in the value without some positions.
  @FunctionalInterface
  private interface Pair {
    void meet(int large, int small);
  }

  /// Visits the elements of `shape` in their order, so that sums over rows run in row order.
  private static void visit(
      final Shape shape, final List<Integer> removed, final Sizes sizes, final Pair pair) {
    final int[] dims = new int[shape.rank() + 1];
    final int[] steps = new int[dims.length];
    dims[0] = sizes.of(shape.axis());
    int step = 1;
    for (int p = dims.length - 1; p >= 0; p--) {
      dims[p] = p == 0 ? dims[0] : shape.dim(p - 1);
      if (!removed.contains(p)) {
        steps[p] = step;
        step *= dims[p];
      }
    }
    final int last = dims.length - 1;
    final int[] index = new int[dims.length];
    final int total = Math.toIntExact(sizes.elements(shape));
    int small = 0;
    for (int large = 0; large < total; large += dims[last]) {
      for (int i = 0; i < dims[last]; i++) {
        pair.meet(large + i, small + i * steps[last]);
      }
      int p = last - 1;
      while (p >= 0 && ++index[p] == dims[p]) {
        index[p] = 0;
        small -= (dims[p] - 1) * steps[p];
        p--;
      }
      small += p >= 0 ? steps[p] : 0;
    }
  }
}
