package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/// Matrix products: rows times weights, weights times weights, and sums over rows.
final class ProductCases {
  private static final double PRODUCT = 5e-6;

  /// Inner size, columns.
  private static final int[][] SIZES = {{1, 1}, {3, 5}, {17, 4}, {10, 33}, {64, 48}};

  private ProductCases() {}

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    for (final int[] size : SIZES) {
      final int inner = size[0];
      final int outer = size[1];
      final var name = inner + " x " + outer;
      cases.add(matMul("rows " + name, false, false, rows(inner), Shape.of(inner, outer)));
      cases.add(
          matMul("rows, transposed " + name, false, true, rows(inner), Shape.of(outer, inner)));
      cases.add(matMul("sum over " + name, true, false, rows(inner), rows(outer)).mixingRows());
      for (final boolean a : new boolean[] {false, true}) {
        for (final boolean b : new boolean[] {false, true}) {
          final var left = a ? Shape.of(inner, 6) : Shape.of(6, inner);
          final var right = b ? Shape.of(outer, inner) : Shape.of(inner, outer);
          cases.add(matMul("plain %s %s %s".formatted(name, a, b), a, b, left, right));
        }
      }
    }
    return cases;
  }

  private static OpCase matMul(
      final String name, final boolean ta, final boolean tb, final Shape a, final Shape b) {
    return OpCase.of(
            "product " + name,
            draft -> draft.output(Ops.matMul(draft.input(a), draft.input(b), ta, tb)))
        .within(PRODUCT);
  }

  private static Shape rows(final int size) {
    return Shape.batched(ROWS, size);
  }
}
