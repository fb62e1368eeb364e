package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Op;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/// Ops that add up, repeat or move elements by their position.
final class PlaceCases {
  private static final double SUM = 5e-6;

  private static final List<Shape> SHAPES =
      List.of(
          Shape.batched(ROWS, 5),
          Shape.batched(ROWS, 3, 4, 5),
          Shape.batched(ROWS, 16, 7, 3),
          Shape.of(6, 3),
          Shape.batched(ROWS, 2, 3, 8),
          Shape.batched(ROWS, 33));

  private PlaceCases() {}

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    for (final var shape : SHAPES) {
      for (final var positions : subsets(shape)) {
        addReductions(cases, shape, positions);
      }
      for (int position = 1; position <= shape.rank(); position++) {
        addRanges(cases, shape, position);
      }
      cases.add(OpCase.of("reshape " + shape, draft -> reshape(draft, shape)));
    }
    return cases;
  }

  /// Every choice of positions that is not empty.
  private static List<List<Integer>> subsets(final Shape shape) {
    final var subsets = new ArrayList<List<Integer>>();
    for (int bits = 1; bits < 2 << shape.rank(); bits++) {
      final var positions = new ArrayList<Integer>();
      for (int p = shape.isBatched() ? 0 : 1; p <= shape.rank(); p++) {
        if (((bits >> p) & 1) == 1) {
          positions.add(p);
        }
      }
      if (!positions.isEmpty() && !subsets.contains(positions)) {
        subsets.add(positions);
      }
    }
    return subsets;
  }

  private static void addReductions(
      final List<OpCase> cases, final Shape shape, final List<Integer> positions) {
    final var three = new ArrayList<OpCase>();
    for (final var kind : ReduceKind.values()) {
      final var reduction =
          OpCase.of(
                  "reduce %s %s over %s".formatted(kind, shape, positions),
                  draft -> draft.output(Ops.reduce(kind, draft.distinct(shape), positions)))
              .within(SUM);
      three.add(isOneSideOfAnImage(shape, positions) ? reduction.rarely() : reduction);
    }
    three.add(
        OpCase.of(
            "broadcast to %s along %s".formatted(shape, positions),
            draft ->
                draft.output(
                    draft
                        .graph()
                        .append(
                            new Op.Broadcast(shape, positions),
                            draft.input(shape.without(positions))))));
    three.forEach(c -> cases.add(positions.contains(0) ? c.mixingRows() : c));
  }

  /// Whether rows or columns of an image are reduced, but neither the other nor the channels.
  private static boolean isOneSideOfAnImage(final Shape shape, final List<Integer> positions) {
    return shape.isBatched()
        && shape.rank() == 3
        && !positions.contains(1)
        && positions.contains(2) != positions.contains(3);
  }

  private static void addRanges(final List<OpCase> cases, final Shape shape, final int position) {
    final int size = shape.dim(position - 1);
    final int from = size / 3;
    final int to = Math.max(from + 1, size - 1);
    cases.add(
        OpCase.of(
            "slice %s at %d".formatted(shape, position),
            draft -> draft.output(Ops.slice(draft.input(shape), position, from, to))));
    cases.add(
        OpCase.of(
            "pad %s at %d".formatted(shape, position),
            draft -> draft.output(Ops.pad(draft.input(shape), position, 2, size + 3))));
  }

  private static void reshape(final Draft draft, final Shape shape) {
    final int[] reversed = new int[shape.rank()];
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = shape.dim(reversed.length - 1 - i);
    }
    final var x = draft.input(shape);
    draft.output(
        Ops.reshape(x, shape.rowSize()),
        Ops.reshape(Ops.mul(x, 2), reversed),
        Ops.reshape(Ops.reshape(x, 1, shape.rowSize(), 1), shape.dims()));
  }
}
