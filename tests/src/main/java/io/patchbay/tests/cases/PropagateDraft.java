package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;
import static io.patchbay.tests.cases.Draft.TABLE_ROWS;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Op.Propagate.Layer;
import io.patchbay.engine.Op.Propagate.Own;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Patches with drawn clean values, sources, numbers and weights, carried through a chain.
final class PropagateDraft {
  private PropagateDraft() {}

  /// Logits up to here on both sides, as a trained model's: saturated, and thrown to the other.
  static final double SATURATED = 24;

  /// Keep, shift, take, low, high.
  private static final double[] SLIGHT = {1, 1e-5, 0, -1e30, 1e30};

  static void propagate(
      final Draft draft,
      final Chain chain,
      final Covers covers,
      final End end,
      final boolean rectifies,
      final Precision precision) {
    final var patched = new Patched(Optional.empty(), SATURATED, false);
    propagate(draft, chain, covers, end, rectifies, precision, patched);
  }

  /// @param logits how far an image's go
  /// @param slight whether numbers add little to large units
  record Patched(Optional<PatchOp> own, double logits, boolean slight) {}

  static void propagate(
      final Draft draft,
      final Chain chain,
      final Covers covers,
      final End end,
      final boolean rectifies,
      final Precision precision,
      final Patched patched) {
    // Whole numbers come out of the first layer whatever the order of its sums, and are rounded
    // alike to the operands of the second.
    final boolean exact = precision == Precision.BF16 && chain.to().size() <= 2;
    final var inputs = new ArrayList<Node>();
    final var value = Shape.batched(TABLE, chain.size());
    final var numbers = Shape.batched(ROWS, 5);
    final double least = patched.slight ? 4 : -1;
    final double most = patched.slight ? 16 : 1;
    inputs.add(exact ? draft.coarse(value) : draft.input(value, least, most));
    inputs.add(exact ? draft.coarse(value) : draft.input(value, least, most));
    inputs.add(draft.integers(Shape.batched(ROWS), i -> draft.random(TABLE_ROWS)));
    inputs.add(draft.integers(Shape.batched(ROWS), i -> draft.random(TABLE_ROWS)));
    if (patched.slight) {
      inputs.add(draft.floats(numbers, i -> SLIGHT[i % SLIGHT.length]));
    } else {
      inputs.add(exact ? draft.coarse(numbers) : draft.input(numbers));
    }
    inputs.add(covers.ranges(draft, chain.channels(), chain.height(), chain.width()));
    final var layers = new ArrayList<Layer>();
    int channels = chain.channels();
    int size = chain.size();
    for (int i = 0; i < chain.to().size(); i++) {
      final var to = chain.to().get(i);
      final boolean last = i + 1 == chain.to().size();
      final var weights =
          switch (to.kind()) {
            case UP -> Shape.of(channels, to.channels(), 4, 4);
            case DOWN -> Shape.of(to.channels(), channels, 4, 4);
            case LINEAR -> Shape.of(to.channels() * to.height() * to.width(), size);
          };
      final boolean flat = to.kind() == Kind.LINEAR && to.height() * to.width() == 1;
      final var clean =
          flat
              ? Shape.batched(TABLE, to.channels())
              : Shape.batched(TABLE, to.channels(), to.height(), to.width());
      final double high = last && chain.image() ? patched.logits : 2;
      final boolean whole = exact && !last;
      inputs.add(
          whole
              ? draft.coarse("w" + i, weights)
              : draft.state("w" + i, weights, -0.2 * high, 0.2 * high));
      inputs.add(whole ? draft.coarse(clean) : draft.input(clean, -high, high));
      final var none = last && covers == Covers.STRIP ? Activation.NONE : Activation.RELU;
      layers.add(new Layer(to.kind(), last && chain.image() ? Activation.SIGMOID : none));
      channels = to.channels();
      size = channels * to.height() * to.width();
    }
    if (end == End.PRODUCTS) {
      inputs.add(draft.input(inputs.getLast().shape()));
      inputs.add(draft.integers(Shape.batched(ROWS), i -> draft.random(TABLE_ROWS)));
    }
    patched.own.ifPresent(op -> inputs.addAll(given(draft, op, chain.size())));
    final var op =
        new Propagate(
            rectifies,
            layers,
            end,
            covers == Covers.CHANNEL,
            precision,
            patched.own.map(o -> new Own(o, chain.height() * chain.width(), chain.width())));
    draft.output(draft.graph().append(op, inputs.toArray(Node[]::new)));
  }

  /// What an op reads beside clean values, sources and numbers.
  private static List<Node> given(final Draft draft, final PatchOp op, final int size) {
    final var given = new ArrayList<Node>();
    if (op.reads(PatchValue.MEAN)) {
      given.add(draft.input(Shape.of(size)));
    }
    if (op.reads(PatchValue.RANDOM)) {
      given.add(draft.integers(Shape.of(2), i -> draft.random(Integer.MAX_VALUE) * 2 + i));
      given.add(
          draft.integers(
              Shape.batched(ROWS, 3),
              i -> i % 3 == 1 ? draft.random(1 << 16) : draft.random(Integer.MAX_VALUE)));
    }
    return given;
  }
}
