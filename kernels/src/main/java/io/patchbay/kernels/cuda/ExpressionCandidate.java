package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import io.patchbay.kernels.expression.Expression;
import io.patchbay.kernels.expression.Expression.Instruction;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/// Elementwise ops, as many as possible in one pass (`expression.cu`).
final class ExpressionCandidate implements Candidate {
  private static final int HEAD = 4;
  private static final int PREVIOUS = 64;
  private static final int MOVE = 31;

  /// Bytes of a slot, for one thread.
  private static final int SLOT = 16;

  /// Shared memory that every block may have.
  private static final int SHARED = 48 << 10;

  private final Kernel kernel;
  private final Grid grid;
  private final BiPredicate<Node, Scope> better;

  /// @param better whether a node is left to another kernel that makes more of it
  ExpressionCandidate(final Device device, final BiPredicate<Node, Scope> better) {
    this.kernel = device.kernel("expression", "expression");
    this.grid = Grid.of(device);
    this.better = better;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!Expression.fits(node)) {
      return Optional.empty();
    }
    final var expression =
        Expression.of(
            node,
            new Expression.Surroundings<>(
                n -> Leaf.Source.of(n, scope), scope::interior, n -> better.test(n, scope)));
    final var leaves =
        expression.leaves().stream()
            .map(leaf -> Leaf.of(leaf.value(), leaf.repeated(), node))
            .toList();
    final var code = expression.instructions();
    final var slots = slots(code);
    final var words = new long[code.size()];
    for (int i = 0; i < words.length; i++) {
      words[i] = word(i, code.get(i), slots);
    }
    return Optional.of(List.of(step("expression", node, words, slots.count(), leaves, scope)));
  }

  /// A value as it is, repeated along positions of `node`.
  Step repeat(
      final String name, final Node node, final List<Integer> positions, final Scope scope) {
    final var leaf = Leaf.of(Leaf.Source.of(node.input(0), scope), positions, node);
    return step(name, node, new long[] {MOVE | Slots.NONE << 8}, 0, List.of(leaf), scope);
  }

  private static Slots slots(final List<Instruction> code) {
    return new Slots(
        code.stream().mapToInt(Instruction::to).toArray(),
        code.stream()
            .map(i -> i.operands() == 1 ? new int[] {i.a()} : new int[] {i.a(), i.b()})
            .toArray(int[][]::new));
  }

  private static long word(final int at, final Instruction code, final Slots slots) {
    final long alpha = Integer.toUnsignedLong(Float.floatToRawIntBits(code.alpha()));
    return code.kind()
        | (long) slots.of(at) << 8
        | (long) operand(at, code.a(), slots) << 16
        | (long) operand(at, code.b(), slots) << 24
        | alpha << 32;
  }

  private static int operand(final int at, final int operand, final Slots slots) {
    return operand < Expression.LEAVES
        ? operand
        : slots.operand(at, operand, Expression.LEAVES, PREVIOUS);
  }

  private Step step(
      final String name,
      final Node node,
      final long[] words,
      final int slots,
      final List<Leaf> leaves,
      final Scope scope) {
    final var out = scope.value(node);
    final long rows = scope.rows(out.axis());
    final long size = out.size();
    final var shape = shape(scope.most(out.axis()) * size, slots);
    return Step.of(
        name,
        out,
        stored(leaves),
        () -> {
          final var fields = new long[HEAD + Leaf.FIELDS * Expression.LEAVES + Expression.LONGEST];
          fields[0] = out.address();
          fields[1] = rows;
          fields[2] = size;
          fields[3] = words.length;
          for (int i = 0; i < leaves.size(); i++) {
            leaves.get(i).put(fields, HEAD + Leaf.FIELDS * i);
          }
          final int code = HEAD + Leaf.FIELDS * Expression.LEAVES;
          System.arraycopy(words, 0, fields, code, words.length);
          kernel.launch(shape, fields);
        });
  }

  /// A long program has fewer threads, each with all its slots.
  private Launch shape(final long elements, final int slots) {
    final int threads = slots * SLOT * Grid.THREADS > SHARED ? Grid.THREADS / 2 : Grid.THREADS;
    final int blocks = grid.blocks((elements + 4L * threads - 1) / (4L * threads));
    return new Launch(blocks, 1, threads, slots * SLOT * threads);
  }

  private static List<Value> stored(final List<Leaf> leaves) {
    return leaves.stream()
        .map(Leaf::source)
        .filter(Leaf.Source.Stored.class::isInstance)
        .map(s -> ((Leaf.Source.Stored) s).value())
        .toList();
  }
}
