package io.patchbay.tests.cases;

import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;
import static io.patchbay.tests.cases.Draft.TABLE_ROWS;

import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Patch ops of one's own: every function and operator of their language, every value that they may
/// read, on flat sites and on images, in tiles that are full, partly full, and several.
final class CustomPatchCases {
  /// One unit; fewer than a vector and more; a tile of 256 and one unit more; several tiles.
  private static final int[][] DIMS = {
    {1},
    {5},
    {10},
    {33},
    {256},
    {257},
    {600},
    {1, 1, 1},
    {1, 5, 7},
    {1, 24, 24},
    {3, 4, 5},
    {4, 16, 16},
    {8, 8, 8},
    {32, 4, 4},
    {2, 1, 9},
    {16, 3, 3},
    {5, 1, 1},
    {17, 6, 2}
  };

  private static final PatchOp BLEND =
      PatchOp.define("blend", "clean + alpha * (source - clean)", Map.of("alpha", 0.3));
  private static final PatchOp PLACES =
      PatchOp.define(
          "places", "clean * (1 + 0.01 * unit) + 0.1 * channel - row / (1 + column) + value");
  private static final PatchOp DRAWN =
      PatchOp.define(
          "drawn", "random < rate ? source : clean * (random + 0.5)", Map.of("rate", 0.4));

  /// On three shapes each.
  private static final List<PatchOp> OTHERS =
      List.of(
          PatchOp.define("zero", "0"),
          PatchOp.define("source", "source"),
          PatchOp.define(
              "shrink",
              "clean > mean ? mean + beta * (clean - mean) : -source * value",
              Map.of("beta", 0.5)),
          PatchOp.define(
              "functions",
              "tanh(2 * clean) + sigmoid(source) * exp(-abs(mean)) - log(1.5 + clean)"
                  + " + sqrt(2 + value)"),
          PatchOp.define(
              "limits", "clamp(clean + value, min(source, mean) - 0.1, max(source, mean))"),
          PatchOp.define("powers", "(clean - source)^3 / (2 + clean^2) + (3 + value)^-2 + mean^0"),
          PatchOp.define(
              "steps",
              "floor(4 * clean) == floor(4 * source) ? clean"
                  + " : clean >= source ? clean / 2 : clean != mean ? source - 1 : 7"),
          PatchOp.define(
              "order",
              "(clean < source) + 2 * (clean <= mean) + 4 * (clean > value)"
                  + " + 8 * (source >= mean) + clean"),
          PatchOp.define(
              "long",
              "((clean - mean) * (source - mean) + (clean + mean) * (source + mean))"
                  + " * ((clean - value) * (source - value) - (clean + value) * (source + value))"
                  + " / (3 + (clean - source) * (mean - value) + (clean + source) / (4 + mean))"));

  /// On shapes of every kind: flat, one channel, one position, fewer and more than a vector of
  /// channels, odd sizes.
  private static final PatchOp ALL =
      PatchOp.define(
          "all",
          "random < 0.3 ? source - mean : clean * value + 0.01 * unit + channel - row * column /"
              + " 9");

  private static final int[][] MORE = {
    {2},
    {3},
    {4},
    {8},
    {15},
    {16},
    {17},
    {64},
    {255},
    {512},
    {1, 2, 1},
    {1, 1, 5},
    {1, 16, 16},
    {2, 2, 2},
    {3, 1, 1},
    {3, 7, 1},
    {4, 3, 3},
    {6, 2, 5},
    {7, 5, 3},
    {8, 1, 4},
    {9, 9, 9},
    {16, 8, 8},
    {33, 2, 2},
    {64, 2, 2}
  };

  /// Some steps towards the source, each as long as the way that is left is steep: no one line.
  private static final PatchOp SETTLED =
      PatchOp.handWritten(
          "settled",
          Set.of(PatchValue.CLEAN, PatchValue.SOURCE, PatchValue.VALUE, PatchValue.CHANNEL),
          """
          __device__ float pull(float x, float to) { return (to - x) / (1.0f + fabsf(to - x)); }

          __device__ float settled(float clean, float source, float value, float channel) {
            float x = clean;
            const int steps = 1 + static_cast<int>(channel) % 3;
            for (int i = 0; i < steps; i++) x += 0.5f * value * pull(x, source);
            return x;
          }
          """,
          unit -> {
            double x = unit.clean();
            final int steps = 1 + (int) unit.channel() % 3;
            for (int i = 0; i < steps; i++) {
              final double left = unit.source() - x;
              x += 0.5 * unit.value() * left / (1 + Math.abs(left));
            }
            return x;
          });

  /// Of everything that there is, hand-written.
  private static final PatchOp WRITTEN =
      PatchOp.handWritten(
          "written",
          EnumSet.allOf(PatchValue.class),
          """
          __device__ float written(float clean, float source, float mean, float value, float unit,
                                   float channel, float row, float column, float random) {
            if (random < 0.3f) return source - mean;
            return clean * value + 0.01f * unit + channel - row * column / 9.0f;
          }
          """,
          unit ->
              unit.random() < 0.3f
                  ? unit.source() - unit.mean()
                  : unit.clean() * unit.value()
                      + 0.01 * unit.unit()
                      + unit.channel()
                      - unit.row() * unit.column() / 9);

  private static final int[][] THREE = {{7}, {3, 5, 4}, {290}};

  private CustomPatchCases() {}

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    for (final int[] dims : DIMS) {
      cases.add(of(BLEND, dims));
      cases.add(of(PLACES, dims));
      cases.add(of(DRAWN, dims));
    }
    for (final int[] dims : MORE) {
      cases.add(of(ALL, dims).withoutGradients());
    }
    for (final var op : OTHERS) {
      for (final int[] dims : THREE) {
        cases.add(of(op, dims));
      }
    }
    for (final int[] dims : THREE) {
      cases.add(of(SETTLED, dims).withoutGradients().rarely());
      cases.add(of(WRITTEN, dims).withoutGradients().rarely());
    }
    for (final int[] dims : THREE) {
      final var shape = Shape.batched(ROWS, dims);
      cases.add(
          OpCase.of("own patch of gathered rows " + shape, draft -> gathered(draft, dims))
              .mixingRows());
    }
    return cases;
  }

  private static OpCase of(final PatchOp op, final int... dims) {
    final var shape = Shape.batched(ROWS, dims);
    return OpCase.of("own patch " + op.name() + " " + shape, draft -> patch(draft, op, dims))
        .mixingRows();
  }

  private static void patch(final Draft draft, final PatchOp op, final int... dims) {
    final var shape = Shape.batched(ROWS, dims);
    final var x = draft.input(shape);
    final var source = op.reads(PatchValue.SOURCE) ? draft.input(shape) : x;
    draft.output(Ops.patch(op, x, ranges(draft, shape), values(draft, op, source)));
  }

  private static void gathered(final Draft draft, final int... dims) {
    final var table = draft.input(Shape.batched(TABLE, dims));
    final var sources = draft.input(Shape.batched(TABLE, dims));
    final var x = Ops.gather(table, index(draft));
    final var source = Ops.gather(sources, index(draft));
    draft.output(Ops.patch(BLEND, x, ranges(draft, x.shape()), values(draft, BLEND, source)));
  }

  private static Node index(final Draft draft) {
    return draft.integers(Shape.batched(ROWS), i -> draft.random(TABLE_ROWS));
  }

  private static Node ranges(final Draft draft, final Shape shape) {
    return RowCases.ranges(draft, shape.rowSize());
  }

  private static List<Node> values(final Draft draft, final PatchOp op, final Node source) {
    final var values = new ArrayList<Node>();
    if (op.reads(PatchValue.SOURCE)) {
      values.add(source);
    }
    if (op.reads(PatchValue.MEAN)) {
      values.add(draft.input(source.shape().on(null)));
    }
    if (op.reads(PatchValue.VALUE)) {
      values.add(draft.input(Shape.batched(ROWS)));
    }
    if (op.reads(PatchValue.RANDOM)) {
      values.add(draft.integers(Shape.of(2), i -> draft.random(Integer.MAX_VALUE) * 2 + i));
      values.add(
          draft.integers(
              Shape.batched(ROWS, 3),
              i ->
                  i % 3 == 1
                      ? draft.random(1 << 16)
                      : draft.random(Integer.MAX_VALUE) - (i << 20)));
    }
    return values;
  }
}
