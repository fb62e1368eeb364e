package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Op;
import io.patchbay.engine.Op.BinaryKind;
import io.patchbay.engine.Op.UnaryKind;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/// Every function of one element and of two, on values away from its kinks and poles.
final class ElementwiseCases {
  private static final double SLOPE = 0.2;

  private static final List<Shape> SHAPES =
      List.of(
          Shape.batched(ROWS, 5),
          Shape.batched(ROWS, 3, 4, 5),
          Shape.of(7),
          Shape.batched(ROWS),
          Shape.batched(ROWS, 33),
          Shape.of(2, 3, 5));

  private ElementwiseCases() {}

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    for (final var shape : SHAPES) {
      for (final var kind : UnaryKind.values()) {
        cases.add(OpCase.of("unary %s %s".formatted(kind, shape), d -> unary(d, kind, shape)));
      }
      for (final var kind : BinaryKind.values()) {
        cases.add(OpCase.of("binary %s %s".formatted(kind, shape), d -> binary(d, kind, shape)));
      }
      cases.add(
          OpCase.of("constant and count " + shape, draft -> scalars(draft, shape)).mixingRows());
      cases.add(
          OpCase.of("stop gradient " + shape, d -> d.output(Ops.stopGradient(d.input(shape))))
              .withoutGradients());
      cases.add(OpCase.of("reparameterise " + shape, draft -> reparameterise(draft, shape)));
    }
    cases.add(OpCase.of("far from zero", ElementwiseCases::extremes).withoutGradients());
    return cases;
  }

  private static void unary(final Draft draft, final UnaryKind kind, final Shape shape) {
    final var x =
        switch (kind) {
          case LOG, SQRT -> draft.input(shape, 0.3, 3);
          case RECIPROCAL, ABS, SIGN, STEP, RELU, LEAKY_RELU -> draft.apart(shape, 0.3, 2);
          case NEG, EXP, SQUARE, SIGMOID, TANH, SOFTPLUS -> draft.input(shape, -3, 3);
        };
    draft.output(draft.graph().append(new Op.Unary(kind, SLOPE), x));
  }

  private static void binary(final Draft draft, final BinaryKind kind, final Shape shape) {
    final var operands =
        switch (kind) {
          case ADD, SUB, MUL, DIV -> List.of(draft.input(shape, -2, 2), draft.apart(shape, 0.4, 2));
          case MAX, MIN, GREATER ->
              List.of(draft.distinct(shape), Ops.add(draft.input(shape, -0.01, 0.01), 1.0 / 32));
          case EQUAL -> List.of(draft.coarse(shape), draft.coarse(shape));
        };
    draft.output(Ops.binary(kind, operands.get(0), operands.get(1)));
  }

  private static void scalars(final Draft draft, final Shape shape) {
    final var x = draft.input(shape);
    final var count = draft.graph().append(new Op.Count(ROWS));
    draft.output(Ops.add(Ops.mul(x, Ops.constant(draft.graph(), -0.75)), count), count);
  }

  private static void reparameterise(final Draft draft, final Shape shape) {
    final var mu = draft.input(shape, -2, 2);
    final var logvar = draft.input(shape, -3, 1);
    draft.output(Ops.reparameterise(mu, logvar, draft.input(shape, -2, 2)));
  }

  /// Functions that must neither overflow nor cancel where their parts would.
  private static void extremes(final Draft draft) {
    final var x = draft.apart(Shape.batched(ROWS, 9), 20, 80);
    draft.output(Ops.sigmoid(x), Ops.tanh(x), Ops.softplus(x), Ops.softplus(Ops.mul(x, 100)));
  }
}
