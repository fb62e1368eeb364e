package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Gradients;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// Layers with operands in TF32, with what follows their sums, and their gradients. Rectifiers
/// stand before the layers, on numbers away from zero: one after a layer would switch with the
/// rounding.
final class NarrowCases {
  /// Of elements: operands are off by up to 2^-12 each.
  private static final double TF32 = 1e-3;

  private static final List<ConvShape> SHAPES =
      List.of(
          new ConvShape(24, 8, 8, 40, 4, 4, 2, 1),
          new ConvShape(36, 16, 16, 20, 4, 4, 2, 1),
          new ConvShape(9, 32, 32, 56, 4, 4, 2, 1),
          // More channels than a block copies at once.
          new ConvShape(72, 8, 8, 24, 4, 4, 2, 1),
          new ConvShape(24, 8, 8, 72, 4, 4, 2, 1),
          new ConvShape(20, 16, 16, 56, 4, 4, 2, 1),
          new ConvShape(40, 32, 32, 9, 4, 4, 2, 1),
          // And so many that no more fits beside their weights.
          new ConvShape(80, 32, 32, 8, 4, 4, 2, 1),
          new ConvShape(96, 16, 16, 9, 4, 4, 2, 1),
          new ConvShape(192, 8, 8, 9, 4, 4, 2, 1),
          // Squares that do not overlap.
          new ConvShape(20, 16, 16, 33, 2, 2, 2, 0),
          new ConvShape(33, 8, 8, 70, 2, 2, 2, 0),
          new ConvShape(64, 8, 8, 20, 2, 2, 2, 0),
          new ConvShape(3, 12, 12, 24, 2, 2, 2, 0));

  private NarrowCases() {}

  static List<OpCase> all() {
    final var cases = new ArrayList<>(PropagateCases.narrow());
    for (final var s : SHAPES) {
      final BiFunction<Node, Node, Node> down = (x, w) -> Ops.conv2d(x, w, s.stride(), s.padding());
      final BiFunction<Node, Node, Node> up =
          (x, w) -> Ops.convTranspose2d(x, w, s.stride(), s.padding());
      cases.add(of("convolution " + s, draft -> layer(draft, s, down, true)));
      cases.add(of("transposed convolution " + s, draft -> layer(draft, s, up, false)));
      cases.add(
          of("gradients of a convolution " + s, draft -> slopes(draft, s, down, true))
              .mixingRows());
      cases.add(
          of("gradients of a transposed convolution " + s, draft -> slopes(draft, s, up, false))
              .mixingRows());
    }
    for (final int[] size : new int[][] {{256, 72}, {10, 33}, {64, 16}, {1100, 20}}) {
      final var name = size[0] + " to " + size[1];
      cases.add(of("linear " + name, draft -> linear(draft, size[0], size[1])));
      cases.add(
          of("gradients of linear " + name, draft -> linearSlopes(draft, size[0], size[1]))
              .mixingRows());
    }
    return cases;
  }

  private static OpCase of(final String name, final Consumer<Draft> author) {
    return OpCase.of(
            "tf32 " + name,
            draft -> {
              draft.in(Precision.TF32);
              author.accept(draft);
            })
        .within(TF32)
        .withoutGradients();
  }

  private static void layer(
      final Draft draft,
      final ConvShape s,
      final BiFunction<Node, Node, Node> op,
      final boolean down) {
    final var x = draft.input(down ? ConvCases.image(s) : ConvCases.result(s));
    final var w = draft.state("w", ConvCases.weights(s), -0.3, 0.3);
    final var b = draft.state("b", Shape.of(down ? s.outChannels() : s.channels()), -0.5, 0.5);
    final var sums = op.apply(x, w);
    draft.output(Ops.relu(Ops.add(sums, Ops.perChannel(b, sums))));
  }

  private static void slopes(
      final Draft draft,
      final ConvShape s,
      final BiFunction<Node, Node, Node> op,
      final boolean down) {
    final var x = draft.apart(down ? ConvCases.image(s) : ConvCases.result(s), 0.1, 1);
    final var w = draft.state("w", ConvCases.weights(s), -0.3, 0.3);
    final var y = op.apply(Ops.relu(x), w);
    final var weight = draft.fixed(y.shape(), -1, 1);
    draft.output(Gradients.of(Ops.mul(y, weight), List.of(x, w)).toArray(Node[]::new));
  }

  private static void linear(final Draft draft, final int in, final int out) {
    final var x = draft.input(Shape.batched(ROWS, in));
    final var w = draft.state("w", Shape.of(out, in), -0.1, 0.1);
    final var b = draft.state("b", Shape.of(out), -0.5, 0.5);
    draft.output(Ops.tanh(Ops.add(Ops.matMul(x, w, false, true), b)));
  }

  private static void linearSlopes(final Draft draft, final int in, final int out) {
    final var x = draft.apart(Shape.batched(ROWS, in), 0.1, 1);
    final var w = draft.state("w", Shape.of(out, in), -0.1, 0.1);
    final var y = Ops.matMul(Ops.relu(x), w, false, true);
    final var weight = draft.fixed(y.shape(), -1, 1);
    draft.output(Gradients.of(Ops.mul(y, weight), List.of(x, w)).toArray(Node[]::new));
  }
}
