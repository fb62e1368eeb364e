package io.patchbay.kernels.cpu;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/// A tree of elementwise ops as a program of the `expression` kernel: leaves are values in memory,
/// possibly broadcast, everything between lives in registers.
final class Expression {
  /// The kernel's limits.
  static final int LEAVES = 32;

  private static final int REGISTERS = 24;
  private static final int BINARY = 32;
  private static final int LONGEST = 96;

  private final Node root;
  private final List<Leaf> leaves = new ArrayList<>();
  private final List<int[]> code = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();

  /// A value in memory and the positions of the result along which it is repeated.
  record Leaf(Value value, List<Integer> repeated) {}

  private Expression(final Node root) {
    this.root = root;
    for (int i = REGISTERS - 1; i >= 0; i--) {
      free.add(LEAVES + i);
    }
  }

  static boolean fits(final Node node) {
    return node.op() instanceof Op.Unary || node.op() instanceof Op.Binary;
  }

  /// Compiles `root` and all that may vanish into it; `better` says which producers are left to
  /// another kernel.
  static Expression of(final Node root, final Scope scope, final Predicate<Node> better) {
    final var expression = new Expression(root);
    expression.emit(root, scope, better, true);
    return expression;
  }

  List<Leaf> leaves() {
    return leaves;
  }

  /// Instructions of five integers, as the kernel reads them.
  int[] program() {
    return code.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /// Returns the operand that holds the value of `node`.
  @SuppressWarnings("EnumOrdinal") // the kernel's codes are the order of the enums
  private int emit(
      final Node node, final Scope scope, final Predicate<Node> better, final boolean isRoot) {
    final boolean inside =
        isRoot
            || (fits(node)
                && scope.interior(node)
                && !better.test(node)
                && code.size() < LONGEST
                && leaves.size() < LEAVES - 8
                && free.size() > 4);
    if (!inside) {
      return leaf(node, scope);
    }
    final int kind;
    final double alpha;
    switch (node.op()) {
      case final Op.Unary u -> {
        kind = u.kind().ordinal();
        alpha = u.alpha();
      }
      case final Op.Binary b -> {
        kind = BINARY + b.kind().ordinal();
        alpha = 0;
      }
      default -> throw new IllegalArgumentException("not elementwise: " + root);
    }
    final int a = emit(node.input(0), scope, better, false);
    final int b = node.inputs().size() > 1 ? emit(node.input(1), scope, better, false) : a;
    release(a);
    if (b != a) {
      release(b);
    }
    final int to = free.removeLast();
    code.add(new int[] {kind, to, a, b, Float.floatToRawIntBits((float) alpha)});
    return to;
  }

  private void release(final int operand) {
    if (operand >= LEAVES) {
      free.add(operand);
    }
  }

  private int leaf(final Node node, final Scope scope) {
    final boolean spread = node.op() instanceof Op.Broadcast && scope.interior(node);
    final var source = spread ? node.input(0) : node;
    final List<Integer> repeated = spread ? ((Op.Broadcast) node.op()).positions() : List.of();
    final var leaf = new Leaf(scope.value(source), repeated);
    final int known = leaves.indexOf(leaf);
    if (known >= 0) {
      return known;
    }
    leaves.add(leaf);
    return leaves.size() - 1;
  }
}
