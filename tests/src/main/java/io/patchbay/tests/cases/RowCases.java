package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.RANGES;
import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;
import static io.patchbay.tests.cases.Draft.TABLE_ROWS;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.List;

/// Ops that choose rows or units: gather, scatter, patch, noise, and the writing of states.
final class RowCases {
  private static final int[][] ROW_DIMS = {{5}, {2, 3, 4}, {1}, {33}};

  private RowCases() {}

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    for (final int[] dims : ROW_DIMS) {
      final var shape = Shape.batched(ROWS, dims);
      cases.add(OpCase.of("gather rows " + shape, draft -> gather(draft, dims, false)));
      cases.add(OpCase.of("gather elements " + shape, draft -> gather(draft, dims, true)));
      cases.add(
          OpCase.of("scatter rows " + shape, draft -> scatter(draft, dims, false)).mixingRows());
      cases.add(
          OpCase.of("scatter elements " + shape, draft -> scatter(draft, dims, true)).mixingRows());
      cases.add(OpCase.of("patch " + shape, draft -> patch(draft, shape)).mixingRows());
      final var assign =
          OpCase.of("assign " + shape, draft -> assign(draft, dims))
              .mixingRows()
              .withoutGradients();
      cases.add(dims.length == 3 ? assign.rarely() : assign);
      cases.add(
          OpCase.of("noise " + shape, draft -> noise(draft, shape.rowSize()))
              .within(0)
              .withoutGradients());
    }
    return cases;
  }

  private static Node index(final Draft draft, final int[] dims, final boolean elements) {
    final var shape = elements ? Shape.batched(ROWS, dims) : Shape.batched(ROWS);
    return draft.integers(shape, i -> draft.random(TABLE_ROWS));
  }

  private static void gather(final Draft draft, final int[] dims, final boolean elements) {
    final var table = draft.input(Shape.batched(TABLE, dims));
    draft.output(Ops.gather(table, index(draft, dims, elements)));
  }

  private static void scatter(final Draft draft, final int[] dims, final boolean elements) {
    final var g = draft.input(Shape.batched(ROWS, dims));
    draft.output(draft.graph().append(new Op.Scatter(TABLE), g, index(draft, dims, elements)));
  }

  /// As many ranges as rows, sorted: some rows have none, some several, some whole rows.
  static Node ranges(final Draft draft, final int units) {
    final int count = draft.rows();
    final int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i - i % 2;
    }
    final int half = units / 2;
    return draft.integers(
        Shape.batched(RANGES, 3),
        i -> {
          final int range = i / 3;
          final boolean second = range % 2 == 1;
          return switch (i % 3) {
            case 0 -> rows[range];
            case 1 -> second ? half : 0;
            default -> second ? units : range % 4 == 0 ? Math.max(half, 1) : half;
          };
        });
  }

  private static void patch(final Draft draft, final Shape shape) {
    final var x = draft.input(shape);
    final var source = draft.input(shape);
    draft.output(Ops.patch(x, source, ranges(draft, shape.rowSize())));
  }

  private static void assign(final Draft draft, final int[] dims) {
    final var shape = Shape.of(dims);
    final var a = draft.state("a", shape, -1, 1);
    final var b = draft.state("b", shape, -1, 1);
    final var sum = Ops.add(a, b);
    // Each new value is computed from both old ones, and a later reader still wants the old ones.
    final var toA = Ops.assign(a, Ops.mul(sum, 0.5));
    final var toB = Ops.assign(b, Ops.sub(a, b));
    draft.output(toA, toB, sum, Ops.mul(a, b));
  }

  private static void noise(final Draft draft, final int size) {
    final var seed = draft.integers(Shape.of(2), i -> draft.random(Integer.MAX_VALUE) * 2 + i);
    final var ids =
        draft.integers(
            Shape.batched(ROWS, 3),
            i -> i % 3 == 1 ? draft.random(1 << 16) : draft.random(Integer.MAX_VALUE) - (i << 20));
    draft.output(draft.graph().append(new Op.Normal(Streams.EPS, size), seed, ids));
  }
}
