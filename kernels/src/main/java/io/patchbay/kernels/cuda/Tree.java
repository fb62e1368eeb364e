package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.kernels.shared.ElementwiseTree;
import io.patchbay.kernels.shared.ElementwiseTree.Instruction;
import java.util.List;
import java.util.function.Predicate;

/// A tree of elementwise ops as kernels are told it: `Program` in `expression.cuh`.
///
/// @param words the instructions
/// @param slots of 16 bytes of shared memory that each thread needs
record Tree(List<Long> words, int slots, List<Leaf> leaves) {
  /// Bytes of a slot.
  static final int SLOT = 16;

  /// How many fields of eight bytes it has.
  static final int FIELDS = 1 + Leaf.FIELDS * ElementwiseTree.LEAVES + ElementwiseTree.LONGEST;

  private static final int PREVIOUS = 64;
  private static final long MOVE = 31;

  /// `root` and all that may vanish into it.
  ///
  /// @param better whether a node is left to another kernel that makes more of it
  static Tree of(final Node root, final Scope scope, final Predicate<Node> better) {
    final var expression =
        ElementwiseTree.of(
            root,
            new ElementwiseTree.Surroundings<>(
                n -> Leaf.Source.of(n, scope), scope::interior, scope::passes, better));
    final var leaves =
        expression.leaves().stream()
            .map(leaf -> Leaf.of(leaf.value(), leaf.repeated(), root))
            .toList();
    final var code = expression.instructions();
    final var slots =
        new Slots(
            code.stream().mapToInt(Instruction::to).toArray(),
            code.stream()
                .map(i -> i.operands() == 1 ? new int[] {i.a()} : new int[] {i.a(), i.b()})
                .toArray(int[][]::new));
    final var words = new Long[code.size()];
    for (int i = 0; i < words.length; i++) {
      words[i] = word(i, code.get(i), slots);
    }
    return new Tree(List.of(words), slots.count(), leaves);
  }

  /// One leaf as it is.
  static Tree of(final Leaf leaf) {
    return new Tree(List.of(MOVE | Slots.NONE << 8), 0, List.of(leaf));
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
    return operand < ElementwiseTree.LEAVES
        ? operand
        : slots.operand(at, operand, ElementwiseTree.LEAVES, PREVIOUS);
  }

  /// The values that it reads.
  List<Value> stored() {
    return leaves.stream()
        .map(Leaf::source)
        .filter(Leaf.Source.Stored.class::isInstance)
        .map(s -> ((Leaf.Source.Stored) s).value())
        .toList();
  }

  void put(final long[] fields, final int at) {
    fields[at] = words.size();
    for (int i = 0; i < leaves.size(); i++) {
      leaves.get(i).put(fields, at + 1 + Leaf.FIELDS * i);
    }
    putWords(fields, at + 1 + Leaf.FIELDS * ElementwiseTree.LEAVES);
  }

  void putWords(final long[] fields, final int at) {
    for (int i = 0; i < words.size(); i++) {
      fields[at + i] = words.get(i);
    }
  }
}
