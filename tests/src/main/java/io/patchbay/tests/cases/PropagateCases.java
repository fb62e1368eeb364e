package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.RANGES;
import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;
import static io.patchbay.tests.cases.Draft.TABLE_ROWS;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Layer;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/// Patches carried through chains of convolutions, up and down: units, rows, channels and whole
/// values, at borders and inside, onto images of one and three channels and onto features.
final class PropagateCases {
  private PropagateCases() {}

  /// What a row's patch covers.
  private enum Covers {
    UNIT,
    STRIP,
    CHANNEL,
    PARTS
  }

  /// @param to channels of each layer's result
  private record Chain(boolean up, int channels, int height, int width, List<Integer> to) {
    boolean image() {
      return up && to.getLast() < 16;
    }

    int size() {
      return channels * height * width;
    }

    @Override
    public String toString() {
      return (up ? "up " : "down ") + channels + "x" + height + "x" + width + " to " + to;
    }
  }

  private static final List<Chain> CHAINS =
      List.of(
          new Chain(true, 16, 3, 5, List.of(16)),
          new Chain(true, 5, 4, 4, List.of(48)),
          new Chain(true, 16, 20, 18, List.of(1)),
          new Chain(true, 7, 9, 4, List.of(3)),
          new Chain(true, 32, 4, 4, List.of(16, 1)),
          new Chain(true, 16, 2, 3, List.of(32, 3)),
          new Chain(true, 16, 1, 2, List.of(32, 16, 1)),
          new Chain(true, 3, 2, 2, List.of(16, 32)),
          new Chain(false, 1, 8, 8, List.of(16)),
          new Chain(false, 3, 12, 10, List.of(32)),
          new Chain(false, 1, 32, 24, List.of(32, 16, 16)),
          new Chain(false, 16, 8, 12, List.of(48, 16)));

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    for (int i = 0; i < CHAINS.size(); i++) {
      final var chain = CHAINS.get(i);
      final var kinds = List.of(Covers.values());
      for (int k = 0; k < kinds.size(); k++) {
        final var covers = kinds.get(k);
        final boolean first = (i + k) % 2 == 0;
        final var end = first && !chain.image() ? End.VALUE : first ? End.SQUARES : End.SIZES;
        final boolean rectifies = (i + k) % 3 == 0;
        cases.add(
            OpCase.of(
                    "propagate %s of %s, %s".formatted(covers, chain, end),
                    draft -> propagate(draft, chain, covers, end, rectifies))
                .mixingRows()
                .withoutGradients());
      }
    }
    return cases;
  }

  private static void propagate(
      final Draft draft,
      final Chain chain,
      final Covers covers,
      final End end,
      final boolean rectifies) {
    final var inputs = new ArrayList<Node>();
    inputs.add(draft.input(Shape.batched(TABLE, chain.size())));
    inputs.add(draft.input(Shape.batched(TABLE, chain.size())));
    inputs.add(draft.integers(Shape.batched(ROWS), i -> draft.random(TABLE_ROWS)));
    inputs.add(draft.integers(Shape.batched(ROWS), i -> draft.random(TABLE_ROWS)));
    inputs.add(draft.input(Shape.batched(ROWS, 5)));
    inputs.add(ranges(draft, chain, covers));
    final var layers = new ArrayList<Layer>();
    int channels = chain.channels();
    int height = chain.height();
    int width = chain.width();
    for (int i = 0; i < chain.to().size(); i++) {
      final int to = chain.to().get(i);
      final boolean last = i + 1 == chain.to().size();
      final var weights = chain.up() ? Shape.of(channels, to, 4, 4) : Shape.of(to, channels, 4, 4);
      height = chain.up() ? 2 * height : height / 2;
      width = chain.up() ? 2 * width : width / 2;
      // A trained model's pixels are saturated, on both sides, and are thrown to the other.
      final double most = last && chain.image() ? 24 : 2;
      inputs.add(draft.state("w" + i, weights, -0.2 * most, 0.2 * most));
      inputs.add(draft.input(Shape.batched(TABLE, to, height, width), -most, most));
      final var none = last && covers == Covers.STRIP ? Activation.NONE : Activation.RELU;
      layers.add(new Layer(chain.up(), last && chain.image() ? Activation.SIGMOID : none));
      channels = to;
    }
    final var op = new Propagate(rectifies, layers, end, covers == Covers.CHANNEL);
    draft.output(draft.graph().append(op, inputs.toArray(Node[]::new)));
  }

  private static Node ranges(final Draft draft, final Chain chain, final Covers covers) {
    final int pixels = chain.height() * chain.width();
    final var begins = new int[draft.rows()];
    final var ends = new int[draft.rows()];
    for (int row = 0; row < begins.length; row++) {
      final int channel = draft.random(chain.channels());
      final int line = draft.random(chain.height());
      final int from = draft.random(chain.width());
      final int at = channel * pixels + line * chain.width() + from;
      begins[row] = covers == Covers.CHANNEL ? channel * pixels : at;
      ends[row] =
          switch (covers) {
            case UNIT -> at + 1;
            case STRIP -> at + 1 + draft.random(chain.width() - from);
            case CHANNEL -> (channel + 1) * pixels;
            case PARTS -> at;
          };
    }
    // Two in a row here, none in the next, and the whole value among them.
    return covers == Covers.PARTS
        ? RowCases.ranges(draft, chain.size())
        : draft.integers(
            Shape.batched(RANGES, 3),
            i ->
                switch (i % 3) {
                  case 0 -> i / 3;
                  case 1 -> begins[i / 3];
                  default -> ends[i / 3];
                });
  }
}
