package io.patchbay.kernels.shared;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// A tree of elementwise ops as a program of an `expression` kernel: leaves are values in memory,
/// possibly broadcast, everything between lives in registers.
///
/// @param <V> what a backend says of a value in memory
public final class ElementwiseTree<V> {
  /// Operands below are leaves, those from here on are registers.
  public static final int LEAVES = 32;

  /// Codes of [Op.BinaryKind] begin here, those of [Op.UnaryKind] at 0, each in its order.
  public static final int BINARY = 32;

  /// The most instructions.
  public static final int LONGEST = 96;

  private static final int REGISTERS = 24;

  private final Node root;
  private final Surroundings<V> around;
  private final List<Leaf<V>> leaves = new ArrayList<>();
  private final List<Instruction> code = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();
  private int entered;

  /// Operands that have their place among the leaves kept, because they come after others.
  private int waiting;

  /// A value in memory and the positions of the result along which it is repeated.
  public record Leaf<V>(V value, List<Integer> repeated) {}

  /// Register `to` from operands `a` and `b`, which is `a` again for a function of one.
  public record Instruction(int kind, int to, int a, int b, float alpha) {
    /// How many operands it has.
    public int operands() {
      return kind < BINARY ? 1 : 2;
    }

    /// Five integers.
    public int[] words() {
      return new int[] {kind, to, a, b, Float.floatToRawIntBits(alpha)};
    }
  }

  /// What a tree stands in.
  ///
  /// @param value of a node, which some step has to make then
  /// @param interior whether a node may vanish inside a step
  /// @param repeats whether a broadcast need not stand in memory for this tree: what it repeats is
  ///   read again and again
  /// @param better whether a node is left to another kernel that makes more of it
  public record Surroundings<V>(
      Function<Node, V> value,
      Predicate<Node> interior,
      Predicate<Node> repeats,
      Predicate<Node> better) {}

  private ElementwiseTree(final Node root, final Surroundings<V> around) {
    this.root = root;
    this.around = around;
    for (int i = REGISTERS - 1; i >= 0; i--) {
      free.add(LEAVES + i);
    }
  }

  public static boolean fits(final Node node) {
    return node.op() instanceof Op.Unary || node.op() instanceof Op.Binary;
  }

  /// Compiles `root` and all that may vanish into it.
  public static <V> ElementwiseTree<V> of(final Node root, final Surroundings<V> around) {
    final var tree = new ElementwiseTree<>(root, around);
    tree.emit(root);
    return tree;
  }

  public List<Leaf<V>> leaves() {
    return leaves;
  }

  /// The last one makes the result.
  public List<Instruction> instructions() {
    return code;
  }

  /// Returns the operand that holds the value of `node`.
  @SuppressWarnings("EnumOrdinal") // the kernels' codes are the order of the enums
  private int emit(final Node node) {
    if (node != root && !isInside(node)) {
      return leaf(node);
    }
    entered++;
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
    final int operands = node.inputs().size();
    waiting += operands - 1;
    final int a = emit(node.input(0));
    waiting -= operands - 1;
    final int b = operands > 1 ? emit(node.input(1)) : a;
    release(a);
    if (b != a) {
      release(b);
    }
    final int to = free.removeLast();
    code.add(new Instruction(kind, to, a, b, (float) alpha));
    return to;
  }

  /// Whether a node's own operands still have a place, should each be a leaf.
  private boolean isInside(final Node node) {
    return fits(node)
        && around.interior().test(node)
        && !around.better().test(node)
        && entered < LONGEST
        && leaves.size() + waiting + node.inputs().size() <= LEAVES
        && free.size() > 4;
  }

  private void release(final int operand) {
    if (operand >= LEAVES) {
      free.add(operand);
    }
  }

  private int leaf(final Node node) {
    var source = node;
    List<Integer> repeated = List.of();
    while (source.op() instanceof final Op.Broadcast b && around.repeats().test(source)) {
      repeated = joined(b.positions(), repeated, node.shape().rank());
      source = source.input(0);
    }
    final var leaf = new Leaf<>(around.value().apply(source), repeated);
    final int known = leaves.indexOf(leaf);
    if (known >= 0) {
      return known;
    }
    leaves.add(leaf);
    return leaves.size() - 1;
  }

  /// The positions of a result along which a value is repeated twice over: along `inner` of what is
  /// repeated along `outer` itself.
  private static List<Integer> joined(
      final List<Integer> inner, final List<Integer> outer, final int rank) {
    final var kept = IntStream.rangeClosed(1, rank).filter(p -> !outer.contains(p)).toArray();
    return IntStream.concat(
            outer.stream().mapToInt(p -> p), inner.stream().mapToInt(p -> p == 0 ? 0 : kept[p - 1]))
        .distinct()
        .sorted()
        .boxed()
        .toList();
  }
}
