package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Gradients;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Op.UnaryKind;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Optimizer;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Chains that backends fuse: layers with bias and activation, losses, optimiser steps, effects.
/// Their gradients are outputs too, so that the backward of each fused pattern is compared.
final class CompositionCases {
  private static final double CHAIN = 2e-5;

  private static final List<UnaryKind> ACTIVATIONS =
      List.of(UnaryKind.RELU, UnaryKind.SIGMOID, UnaryKind.TANH);

  private CompositionCases() {}

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    for (final var activation : ACTIVATIONS) {
      for (final int[] size : new int[][] {{10, 64}, {64, 33}, {256, 48}, {7, 1}}) {
        cases.add(
            chain(
                "linear %d to %d, %s".formatted(size[0], size[1], activation),
                draft -> linear(draft, size[0], size[1], activation)));
      }
      for (final var shape : ConvShape.small()) {
        cases.add(
            chain(
                "layer %s, %s".formatted(shape, activation),
                draft -> convolution(draft, shape, activation)));
        cases.add(
            chain(
                "transposed layer %s, %s".formatted(shape, activation),
                draft -> transposed(draft, shape, activation)));
      }
      final var disjoint = new ConvShape(20, 4, 4, 33, 2, 2, 2, 0);
      cases.add(
          chain(
              "layer %s, %s".formatted(disjoint, activation),
              draft -> convolution(draft, disjoint, activation)));
      cases.add(
          chain(
              "transposed layer %s, %s".formatted(disjoint, activation),
              draft -> transposed(draft, disjoint, activation)));
      for (final int channels : new int[] {3, 16, 32, 48}) {
        final var shape = new ConvShape(channels, 8, 8, 32, 4, 4, 2, 1);
        cases.add(
            chain(
                "layer %s, %s".formatted(shape, activation),
                draft -> convolution(draft, shape, activation)));
        cases.add(
            chain(
                "transposed layer %s, %s".formatted(shape, activation),
                draft -> transposed(draft, shape, activation)));
      }
    }
    final var odd = new ConvShape(5, 8, 8, 33, 4, 4, 2, 1);
    cases.add(chain("layer of odd channels", d -> convolution(d, odd, UnaryKind.RELU)));
    cases.add(chain("transposed layer of odd channels", d -> transposed(d, odd, UnaryKind.RELU)));
    cases.add(chain("leaky layer", CompositionCases::leaky));
    for (final var activation : List.of(UnaryKind.RELU, UnaryKind.TANH)) {
      cases.add(
          chain("linear then transposed, " + activation, draft -> unflattened(draft, activation)));
      cases.add(chain("layer then linear, " + activation, draft -> flattened(draft, activation)));
    }
    cases.add(chain("layers of disjoint squares", d -> layersOfDisjointSquares(d, false)));
    cases.add(
        chain("transposed layers of disjoint squares", d -> layersOfDisjointSquares(d, true)));
    cases.add(chain("log of sum of exponentials", CompositionCases::logSumExp));
    cases.add(chain("long chain", CompositionCases::longChain));
    cases.add(chain("many values in one expression", CompositionCases::manyValues));
    cases.add(chain("repeated twice over", CompositionCases::repeatedTwice));
    cases.add(chain("objective", CompositionCases::objective));
    cases.add(chain("batch statistics", CompositionCases::batchStatistics));
    cases.add(chain("effect of a patch", CompositionCases::effect));
    cases.add(chain("Adam", d -> step(d, new Optimizer.Adam("all", 0.9, 0.999, 1e-8))));
    cases.add(chain("descent", d -> step(d, new Optimizer.Sgd())));
    cases.add(OpCase.of("nearest row", CompositionCases::nearest).withoutGradients());
    return cases;
  }

  private static OpCase chain(final String name, final Consumer<Draft> author) {
    return OpCase.of(name, author).within(CHAIN).mixingRows().withoutGradients();
  }

  private static void withGradients(final Draft draft, final Node y, final Node... wrt) {
    final var weight = draft.fixed(y.shape(), -1, 1);
    draft.output(y);
    draft.output(Gradients.of(Ops.mul(y, weight), List.of(wrt)).toArray(Node[]::new));
  }

  private static void linear(
      final Draft draft, final int in, final int out, final UnaryKind activation) {
    final var x = draft.input(Shape.batched(ROWS, in));
    final var w = draft.state("w", Shape.of(out, in), -0.3, 0.3);
    final var b = draft.state("b", Shape.of(out), -0.5, 0.5);
    final var y = Ops.unary(activation, Ops.add(Ops.matMul(x, w, false, true), b));
    withGradients(draft, y, x, w, b);
  }

  private static void convolution(
      final Draft draft, final ConvShape s, final UnaryKind activation) {
    final var x = draft.input(ConvCases.image(s));
    final var w = draft.state("w", ConvCases.weights(s), -0.3, 0.3);
    final var b = draft.state("b", Shape.of(s.outChannels()), -0.5, 0.5);
    final var pre = Ops.conv2d(x, w, s.stride(), s.padding());
    final var y = Ops.unary(activation, Ops.add(pre, Ops.perChannel(b, pre)));
    withGradients(draft, y, x, w, b);
  }

  private static void transposed(final Draft draft, final ConvShape s, final UnaryKind activation) {
    final var x = draft.input(ConvCases.result(s));
    final var w = draft.state("w", ConvCases.weights(s), -0.3, 0.3);
    final var b = draft.state("b", Shape.of(s.channels()), -0.5, 0.5);
    final var op = new Op.ConvInputGrad(s.stride(), s.padding(), s.height(), s.width());
    final var pre = draft.graph().append(op, x, w);
    final var y = Ops.unary(activation, Ops.add(pre, Ops.perChannel(b, pre)));
    withGradients(draft, y, x, w, b);
  }

  /// A linear layer whose outputs are the pixels of a transposed convolution.
  private static void unflattened(final Draft draft, final UnaryKind activation) {
    final var x = draft.input(Shape.batched(ROWS, 12));
    final var w = draft.state("w", Shape.of(20 * 16, 12), -0.3, 0.3);
    final var flat = Ops.unary(activation, Ops.matMul(x, w, false, true));
    final var v = draft.state("v", Shape.of(20, 5, 4, 4), -0.3, 0.3);
    final var up = new Op.ConvInputGrad(2, 1, 8, 8);
    withGradients(draft, draft.graph().append(up, Ops.reshape(flat, 20, 4, 4), v), x, w, v);
  }

  /// A convolution whose pixels are the inputs of a linear layer.
  private static void flattened(final Draft draft, final UnaryKind activation) {
    final var x = draft.input(Shape.batched(ROWS, 5, 8, 8));
    final var w = draft.state("w", Shape.of(20, 5, 4, 4), -0.3, 0.3);
    final var features = Ops.unary(activation, Ops.conv2d(x, w, 2, 1));
    final var v = draft.state("v", Shape.of(12, 20 * 16), -0.3, 0.3);
    final var y = Ops.matMul(Ops.reshape(features, 20 * 16), v, false, true);
    withGradients(draft, y, x, w, v);
  }

  private static void leaky(final Draft draft) {
    final var s = new ConvShape(3, 9, 9, 16, 4, 4, 2, 1);
    final var x = draft.input(ConvCases.image(s));
    final var w = draft.state("w", ConvCases.weights(s), -0.3, 0.3);
    final var b = draft.state("b", Shape.of(s.outChannels()), -0.5, 0.5);
    final var pre = Ops.conv2d(x, w, s.stride(), s.padding());
    final var y = Ops.leakyRelu(Ops.add(pre, Ops.perChannel(b, pre)), 0.2);
    withGradients(draft, y, x, w, b);
  }

  /// Two layers one after the other, whose gradients pass the rectifiers between them.
  private static void layersOfDisjointSquares(final Draft draft, final boolean isTransposed) {
    final var large = new ConvShape(12, 8, 8, 20, 2, 2, 2, 0);
    final var small = new ConvShape(20, 4, 4, 33, 2, 2, 2, 0);
    final var x = draft.input(isTransposed ? ConvCases.result(small) : ConvCases.image(large));
    final var parameters = new ArrayList<Node>(List.of(x));
    var y = x;
    for (final var s : isTransposed ? List.of(small, large) : List.of(large, small)) {
      final int made = isTransposed ? s.channels() : s.outChannels();
      final var w = draft.state("w" + made, ConvCases.weights(s), -0.3, 0.3);
      final var b = draft.state("b" + made, Shape.of(made), -0.5, 0.5);
      final var sums = isTransposed ? Ops.convTranspose2d(y, w, 2, 0) : Ops.conv2d(y, w, 2, 0);
      y = Ops.leakyRelu(Ops.add(sums, Ops.perChannel(b, sums)), 0.2);
      parameters.addAll(List.of(w, b));
    }
    withGradients(draft, y, parameters.toArray(Node[]::new));
  }

  private static void logSumExp(final Draft draft) {
    final var x = draft.input(Shape.batched(ROWS, 19), -30, 30);
    withGradients(draft, Ops.logSumExpRow(x), x);
  }

  /// More operations than any kernel takes at once, one after the other.
  private static void longChain(final Draft draft) {
    var x = draft.input(Shape.batched(ROWS, 11), -1, 1);
    for (int i = 0; i < 130; i++) {
      x = i % 3 == 2 ? Ops.tanh(x) : Ops.add(Ops.neg(x), 0.01 * i);
    }
    draft.output(x);
  }

  /// More values than any kernel takes at once: added from the left, from the right, in pairs, with
  /// values of one row or one column among them.
  private static void manyValues(final Draft draft) {
    final var shape = Shape.batched(ROWS, 3, 8);
    final var values = new ArrayList<Node>();
    for (int i = 0; i < 40; i++) {
      final var from = i % 5 == 3 ? Shape.of(8) : i % 7 == 4 ? Shape.batched(ROWS, 3) : shape;
      final var positions = from.isBatched() ? List.of(2) : List.of(0, 1);
      final var value = draft.input(from);
      values.add(
          from.equals(shape)
              ? value
              : draft.graph().append(new Op.Broadcast(shape, positions), value));
    }
    var left = values.getFirst();
    var right = values.getLast();
    for (int i = 1; i < values.size(); i++) {
      left = Ops.add(left, values.get(i));
      right = Ops.sub(values.get(values.size() - 1 - i), right);
    }
    var pairs = List.copyOf(values);
    while (pairs.size() > 1) {
      final var next = new ArrayList<Node>();
      for (int i = 0; i + 1 < pairs.size(); i += 2) {
        next.add(Ops.mul(Ops.add(pairs.get(i), 1.5), Ops.mul(pairs.get(i + 1), 0.5)));
      }
      if (pairs.size() % 2 == 1) {
        next.add(pairs.getLast());
      }
      pairs = next;
    }
    draft.output(left, right, pairs.getFirst());
  }

  /// A value that is repeated along some positions, and what comes of it along others.
  private static void repeatedTwice(final Draft draft) {
    final var shape = Shape.batched(ROWS, 3, 4, 5);
    final var y = draft.input(shape);
    final var outputs = new ArrayList<Node>();
    for (final var first : List.of(List.of(0), List.of(1), List.of(2), List.of(1, 2))) {
      for (final var second : List.of(List.of(1), List.of(2), List.of(3))) {
        final var middle = shape.without(second);
        final var once =
            draft
                .graph()
                .append(new Op.Broadcast(middle, first), draft.input(middle.without(first)));
        final var twice = draft.graph().append(new Op.Broadcast(shape, second), once);
        outputs.add(Ops.sub(y, twice));
      }
    }
    draft.output(outputs.toArray(Node[]::new));
  }

  /// Bernoulli reconstruction from logits and the divergence from the standard normal.
  private static void objective(final Draft draft) {
    final var shape = Shape.batched(ROWS, 1, 6, 5);
    final var logits = draft.input(shape, -8, 8);
    final var image = draft.fixed(shape, 0, 1);
    final var mu = draft.input(Shape.batched(ROWS, 10), -2, 2);
    final var logvar = draft.input(Shape.batched(ROWS, 10), -3, 1);
    final var reconstruction = Ops.sumRow(Ops.sub(Ops.softplus(logits), Ops.mul(image, logits)));
    final var spread = Ops.sub(Ops.add(Ops.square(mu), Ops.exp(logvar)), Ops.add(logvar, 1));
    final var divergence = Ops.mul(Ops.sumRow(spread), 0.5);
    final var loss = Ops.meanRows(Ops.add(reconstruction, Ops.mul(divergence, 4)));
    draft.output(reconstruction, divergence, loss);
    draft.output(Gradients.of(loss, List.of(logits, mu, logvar)).toArray(Node[]::new));
  }

  private static void batchStatistics(final Draft draft) {
    final var x = draft.input(Shape.batched(ROWS, 12), -2, 3);
    final var mean = Ops.meanRows(x);
    final var variance = Ops.meanRows(Ops.square(Ops.sub(x, mean)));
    final var y = Ops.div(Ops.sub(x, mean), Ops.sqrt(Ops.add(variance, 1e-2)));
    draft.output(mean, variance);
    withGradients(draft, y, x);
  }

  /// The squared effect of a patch through a decoder's last layer, image never asked for.
  private static void effect(final Draft draft) {
    final var s = new ConvShape(3, 16, 16, 32, 4, 4, 2, 1);
    final var base = draft.input(ConvCases.result(s));
    final var source = draft.input(ConvCases.result(s));
    final var w = draft.state("w", ConvCases.weights(s), -0.3, 0.3);
    final var b = draft.state("b", Shape.of(s.channels()), -0.5, 0.5);
    final var patched = Ops.patch(base, source, RowCases.ranges(draft, base.shape().rowSize()));
    final var clean = Ops.convTranspose2d(base, w, s.stride(), s.padding());
    final var pre = Ops.convTranspose2d(patched, w, s.stride(), s.padding());
    final var y = Ops.sigmoid(Ops.add(clean, Ops.perChannel(b, clean)));
    final var yPatched = Ops.sigmoid(Ops.add(pre, Ops.perChannel(b, pre)));
    final var difference = Ops.sub(yPatched, y);
    draft.output(
        Ops.sumRow(Ops.square(difference)),
        Ops.sqrt(Ops.add(Ops.sumRow(Ops.square(difference)), 1e-6)),
        Ops.sumRow(Ops.abs(difference)));
  }

  private static void step(final Draft draft, final Optimizer optimizer) {
    final var parameters = new ArrayList<Node>();
    final var gradients = new ArrayList<Node>();
    final var shapes =
        List.of(
            Shape.of(),
            Shape.of(1),
            Shape.of(7),
            Shape.of(130),
            Shape.of(5, 33),
            Shape.of(16, 3, 4, 4));
    for (final var shape : shapes) {
      parameters.add(draft.state("p" + parameters.size(), shape, -1, 1));
      gradients.add(draft.fixed(shape, -2, 2));
    }
    final var rate = draft.fixed(Shape.of(), 0.001, 0.01);
    draft.output(optimizer.update(parameters, gradients, rate).toArray(Node[]::new));
  }

  /// The distance to the nearest of several rows, and which it is, as 1 in its place.
  private static void nearest(final Draft draft) {
    final var distances = draft.distinct(Shape.batched(ROWS, 9));
    final var best = Ops.neg(Ops.reduce(ReduceKind.MAX, Ops.neg(distances), List.of(1)));
    final var spread = draft.graph().append(new Op.Broadcast(distances.shape(), List.of(1)), best);
    draft.output(best, Ops.equal(distances, spread));
  }
}
