package io.patchbay.engine;

import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.expression.PatchValue;
import java.util.List;
import java.util.Objects;

/// The shape rule of [Op.Propagate].
final class Propagation {
  private static final int NUMBERS = 5;
  private static final int KERNEL = 4;

  private Propagation() {}

  static Shape shape(final Propagate op, final List<Shape> in) {
    final var clean = in.get(0);
    final var rows = Shapes.axis(op, in, 2);
    Shapes.check(op, in, !op.layers().isEmpty(), "at least one layer");
    Shapes.check(
        op,
        in,
        clean.isBatched()
            && clean.rank() == 1
            && clean.type() == Shape.Type.F32
            && in.get(1).isBatched()
            && in.get(1).sameDims(clean),
        "a flat value (bases; d) and rows (sources; d)");
    final boolean cells =
        in.get(2).equals(Shape.batched(rows).integers())
            && in.get(3).equals(in.get(2))
            && in.get(4).equals(Shape.batched(rows, NUMBERS));
    Shapes.check(op, in, cells, "a base, a source and five numbers per cell");
    final var axis = in.get(5).axis();
    final boolean ranges = axis != null && in.get(5).equals(Shape.batched(axis, 3).integers());
    Shapes.check(op, in, ranges, "ranges (axis; 3)");
    Shape last = clean;
    for (int i = 0; i < op.layers().size(); i++) {
      final var weights = in.get(Propagate.LEADING + 2 * i);
      final var value = in.get(Propagate.LEADING + 2 * i + 1);
      final var kind = op.layers().get(i).kind();
      final boolean layer =
          Objects.equals(value.axis(), clean.axis())
              && switch (kind) {
                case LINEAR -> weights.rank() == 2 && weights.dim(0) == value.rowSize();
                case UP ->
                    convolves(weights, value)
                        && weights.dim(1) == value.dim(0)
                        && value.dim(1) % 2 == 0
                        && value.dim(2) % 2 == 0;
                case DOWN -> convolves(weights, value) && weights.dim(0) == value.dim(0);
              };
      Shapes.check(op, in, layer, "weights and the clean value of layer " + i);
      final var before = last;
      final boolean joins =
          switch (kind) {
            case LINEAR -> weights.dim(1) == before.rowSize();
            case UP -> joins(before, i, weights.dim(0), value.dim(1) / 2, value.dim(2) / 2);
            case DOWN -> joins(before, i, weights.dim(1), 2 * value.dim(1), 2 * value.dim(2));
          };
      Shapes.check(op, in, joins, "layer " + i + " to take what comes before it");
      final boolean bends =
          op.layers().get(i).activation() != Activation.SIGMOID
              || (i + 1 == op.layers().size() && kind != Kind.LINEAR);
      Shapes.check(op, in, bends, "a sigmoid of a convolution at the end alone");
      last = value;
    }
    if (op.end() == End.PRODUCTS) {
      final var directions = in.get(op.layered());
      final boolean each =
          directions.isBatched()
              && directions.equals(last.on(directions.axis()))
              && in.get(op.layered() + 1).equals(in.get(2));
      Shapes.check(op, in, each, "directions of the last value, and one per cell");
    }
    op.own().ifPresent(own -> checkOwn(op, own, in));
    return op.end() == End.VALUE ? last.on(rows) : Shape.batched(rows);
  }

  /// What an op of one's own reads.
  private static void checkOwn(final Propagate op, final Propagate.Own own, final List<Shape> in) {
    final int size = in.getFirst().rowSize();
    final boolean lies =
        own.plane() > 0
            && own.width() > 0
            && size % own.plane() == 0
            && own.plane() % own.width() == 0;
    Shapes.check(op, in, lies, "whole channels, and whole rows of them");
    final boolean mean =
        !op.reads(PatchValue.MEAN)
            || in.get(op.input(PatchValue.MEAN)).equals(in.getFirst().on(null));
    Shapes.check(op, in, mean, "a mean, one row of the value");
    if (op.reads(PatchValue.RANDOM)) {
      final int seed = op.input(PatchValue.RANDOM);
      final boolean keyed =
          in.get(seed).equals(Shape.of(2).integers())
              && in.get(seed + 1).equals(Shape.batched(Shapes.axis(op, in, 2), 3).integers());
      Shapes.check(op, in, keyed, "a seed of two integers and ids (axis; 3)");
    }
  }

  private static boolean convolves(final Shape weights, final Shape value) {
    return weights.rank() == 4
        && weights.dim(2) == KERNEL
        && weights.dim(3) == KERNEL
        && value.rank() == 3;
  }

  /// Whether layer `i` takes what comes before it; the patched value comes flat.
  private static boolean joins(final Shape before, final int i, final int... dims) {
    final var taken = before.withDims(dims);
    return i == 0 ? taken.rowSize() == before.rowSize() : taken.equals(before);
  }
}
