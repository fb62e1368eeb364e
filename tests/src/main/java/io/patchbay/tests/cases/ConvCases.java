package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/// The convolution and its two gradients.
final class ConvCases {
  private static final double FORWARD = 5e-6;
  private static final double WEIGHTS = 2e-5;

  private ConvCases() {}

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    ConvShape.small().forEach(shape -> add(cases, shape, true));
    ConvShape.layers().forEach(shape -> add(cases, shape, false));
    ConvShape.crowded().forEach(shape -> add(cases, shape, false));
    ConvShape.disjoint().forEach(shape -> add(cases, shape, false));
    ConvShape.generic().forEach(shape -> add(cases, shape, false));
    return cases;
  }

  private static void add(final List<OpCase> cases, final ConvShape s, final boolean gradients) {
    final var three =
        List.of(
            OpCase.of("convolution " + s, draft -> forward(draft, s)).within(FORWARD),
            OpCase.of("input gradient " + s, draft -> inputGradient(draft, s)).within(FORWARD),
            OpCase.of("weight gradient " + s, draft -> weightGradient(draft, s))
                .within(WEIGHTS)
                .mixingRows());
    three.forEach(c -> cases.add(gradients ? c : c.withoutGradients()));
  }

  private static void forward(final Draft draft, final ConvShape s) {
    draft.output(
        Ops.conv2d(draft.input(image(s)), draft.input(weights(s)), s.stride(), s.padding()));
  }

  private static void inputGradient(final Draft draft, final ConvShape s) {
    final var op = new Op.ConvInputGrad(s.stride(), s.padding(), s.height(), s.width());
    draft.output(draft.graph().append(op, draft.input(result(s)), draft.input(weights(s))));
  }

  private static void weightGradient(final Draft draft, final ConvShape s) {
    final var op =
        new Op.ConvWeightGrad(s.stride(), s.padding(), s.kernelHeight(), s.kernelWidth());
    draft.output(draft.graph().append(op, draft.input(image(s)), draft.input(result(s))));
  }

  static Shape image(final ConvShape s) {
    return Shape.batched(ROWS, s.channels(), s.height(), s.width());
  }

  static Shape result(final ConvShape s) {
    return Shape.batched(ROWS, s.outChannels(), s.outHeight(), s.outWidth());
  }

  static Shape weights(final ConvShape s) {
    return Shape.of(s.outChannels(), s.channels(), s.kernelHeight(), s.kernelWidth());
  }
}
