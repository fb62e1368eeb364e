package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.kernels.shared.ElementwiseTree;
import io.patchbay.kernels.shared.ElementwiseTree.Leaf;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/// Elementwise ops, as many as possible in one pass (`expression.cpp`).
final class ExpressionKernel implements Candidate {
  private static final int DIMS = 4;

  /// Elements of one share of a value without rows.
  private static final int SHARE = 1 << 15;

  private final MethodHandle expression;
  private final Memory memory;
  private final BiPredicate<Node, Scope> better;

  /// @param better whether a node is left to another kernel that makes more of it
  ExpressionKernel(
      final KernelLibrary library, final Memory memory, final BiPredicate<Node, Scope> better) {
    this.expression =
        library.kernel(
            "expression",
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG);
    this.memory = memory;
    this.better = better;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!ElementwiseTree.fits(node)) {
      return Optional.empty();
    }
    final var out = scope.value(node);
    final var compiled =
        ElementwiseTree.of(
            node,
            new ElementwiseTree.Surroundings<>(
                scope::value, scope::interior, scope::interior, n -> better.test(n, scope)));
    final var code =
        compiled.instructions().stream().flatMapToInt(i -> Arrays.stream(i.words())).toArray();
    final var program = memory.permanent("expression", 4L * code.length);
    MemorySegment.copy(code, 0, program, JAVA_INT, 0, code.length);
    final var leaves = compiled.leaves();
    final var values = leaves.stream().map(Leaf::value).toList();
    final var walk = Walk.of(out, leaves);
    final int length = code.length / 5;
    if (out.axis() != null) {
      return Optional.of(
          List.of(
              Step.rows(
                  "expression",
                  out,
                  values,
                  (f, first, count) ->
                      call(f, program, length, values, walk, out, first, 0, walk.dims(count)))));
    }
    final int size = out.size();
    final int parts = walk.flat() ? Math.max(1, size / SHARE) : 1;
    return Optional.of(
        List.of(
            Step.whole(
                "expression",
                parts,
                out,
                values,
                (f, part, count) -> {
                  final int from = share(size, part, count);
                  final int to = share(size, part + 1, count);
                  final var dims = walk.flat() ? new long[] {1, 1, 1, to - from} : walk.dims(1);
                  call(f, program, length, values, walk, out, 0, from, dims);
                })));
  }

  /// Shares begin at multiples of 256 elements.
  private static int share(final int size, final int part, final int parts) {
    return part == parts ? size : (int) ((long) size * part / parts / 256 * 256);
  }

  private void call(
      final Frame f,
      final MemorySegment program,
      final int length,
      final List<Value> leaves,
      final Walk walk,
      final Value out,
      final int row,
      final int element,
      final long[] dims) {
    final var scratch = f.scratch();
    final int count = leaves.size();
    for (int i = 0; i < count; i++) {
      final long shift = walk.repeats(i) ? 0 : 4L * element;
      scratch.setAtIndex(JAVA_LONG, i, leaves.get(i).at(f, walk.batched(i) ? row : 0) + shift);
      for (int d = 0; d < DIMS; d++) {
        scratch.setAtIndex(JAVA_LONG, count + (long) DIMS * i + d, walk.stride(i, d));
      }
    }
    final long dimsAt = count + (long) DIMS * count;
    for (int d = 0; d < DIMS; d++) {
      scratch.setAtIndex(JAVA_LONG, dimsAt + d, dims[d]);
    }
    final long base = scratch.address();
    try {
      KernelLibrary.check(
          "expression",
          (int)
              expression.invokeExact(
                  program.address(),
                  length,
                  base,
                  base + 8L * count,
                  count,
                  out.at(f, row) + 4L * element,
                  base + 8 * dimsAt));
    } catch (final Throwable e) {
      throw KernelLibrary.unexpected("expression", e);
    }
  }

  /// How the kernel walks the result and each leaf: dimensions that lie one after the other in all
  /// of them are merged.
  private record Walk(boolean flat, long[] row, long[][] strides, boolean[] batchedLeaf) {

    static Walk of(final Value out, final List<Leaf<Value>> leaves) {
      final int rank = out.shape().rank();
      final var order = memoryOrder(out);
      final var dims = new ArrayList<Long>();
      final var strides = new ArrayList<long[]>();
      dims.add(1L);
      strides.add(
          leaves.stream()
              .mapToLong(l -> l.value().axis() == null ? 0 : l.value().size())
              .toArray());
      for (int i = 0; i < rank; i++) {
        final int position = order[i] + 1;
        dims.add((long) out.shape().dim(order[i]));
        strides.add(leaves.stream().mapToLong(l -> stride(l, position)).toArray());
      }
      for (int i = dims.size() - 1; i > 1; i--) {
        if (continues(strides.get(i - 1), strides.get(i), dims.get(i))) {
          dims.set(i - 1, dims.get(i - 1) * dims.get(i));
          strides.set(i - 1, strides.get(i));
          dims.remove(i);
          strides.remove(i);
        }
      }
      if (dims.size() > DIMS) {
        throw new IllegalArgumentException(
            "the cpu backend walks at most " + DIMS + " dimensions: value=" + out);
      }
      // Rows may continue one another too; then a block is one long row.
      final boolean single = dims.size() == 1;
      final long inner = single ? 1 : dims.get(1);
      final boolean rowsContinue =
          single || out.axis() == null || continues(strides.get(0), strides.get(1), inner);
      final boolean flat = dims.size() <= 2 && rowsContinue;
      return pad(flat, dims, strides, leaves);
    }

    private static Walk pad(
        final boolean flat,
        final List<Long> dims,
        final List<long[]> strides,
        final List<Leaf<Value>> leaves) {
      final int count = leaves.size();
      final var row = new long[DIMS];
      final var all = new long[count][DIMS];
      Arrays.fill(row, 1);
      if (flat) {
        row[3] = dims.size() > 1 ? dims.get(1) : 1;
        for (int l = 0; l < count; l++) {
          all[l][3] = dims.size() > 1 ? strides.get(1)[l] : Math.min(1, strides.get(0)[l]);
        }
      } else {
        // The rows come first, the rest stands at the inner end.
        final int lead = DIMS - dims.size() + 1;
        for (int l = 0; l < count; l++) {
          all[l][0] = strides.get(0)[l];
        }
        for (int i = 1; i < dims.size(); i++) {
          row[lead + i - 1] = dims.get(i);
          for (int l = 0; l < count; l++) {
            all[l][lead + i - 1] = strides.get(i)[l];
          }
        }
      }
      final var batched = new boolean[count];
      for (int l = 0; l < count; l++) {
        batched[l] = leaves.get(l).value().axis() != null;
      }
      return new Walk(flat, row, all, batched);
    }

    private static int[] memoryOrder(final Value value) {
      return value.hwc() ? new int[] {1, 2, 0} : identity(value.shape().rank());
    }

    private static int[] identity(final int n) {
      final var order = new int[n];
      Arrays.setAll(order, i -> i);
      return order;
    }

    /// Distance of neighbours along a position of the result.
    private static long stride(final Leaf<Value> leaf, final int position) {
      if (leaf.repeated().contains(position)) {
        return 0;
      }
      final long skipped = leaf.repeated().stream().filter(p -> p > 0 && p < position).count();
      return leaf.value().strides()[position - 1 - (int) skipped];
    }

    private static boolean continues(final long[] outer, final long[] inner, final long size) {
      for (int l = 0; l < outer.length; l++) {
        if (outer[l] != inner[l] * size) {
          return false;
        }
      }
      return true;
    }

    long[] dims(final int rows) {
      final var dims = row.clone();
      if (flat) {
        dims[3] *= rows;
      } else {
        dims[0] = rows;
      }
      return dims;
    }

    long stride(final int leaf, final int dim) {
      return strides[leaf][dim];
    }

    /// Whether a leaf is the same for every element.
    boolean repeats(final int leaf) {
      return flat && strides[leaf][3] == 0;
    }

    boolean batched(final int leaf) {
      return batchedLeaf[leaf];
    }
  }
}
