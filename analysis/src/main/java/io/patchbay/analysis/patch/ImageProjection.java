package io.patchbay.analysis.patch;

import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.Optional;

/// The change of the image along some directions: along each of them, or each cell's along its own.
///
/// @param directions (directions, elements of the image), or its own (directions; C, H, W)
/// @param own the row of each cell's own (rows), where it is one only
/// @param products the change times each of them (rows; directions), or (rows)
record ImageProjection(Node directions, Optional<Node> own, Node products) {
  private static final String IMAGE = "output";
  private static final String NAME = "directions";

  static ImageProjection all(final Suffix suffix, final int count) {
    final var change = Ops.sub(suffix.value(IMAGE), suffix.base(IMAGE));
    final int elements = change.shape().rowSize();
    final var directions = suffix.graph().input(NAME, Shape.of(count, elements));
    final var rows = Ops.reshape(change, elements);
    return new ImageProjection(
        directions, Optional.empty(), Ops.matMul(rows, directions, false, true));
  }

  static ImageProjection own(final Suffix suffix, final Shape image) {
    final var directions = suffix.graph().input(NAME, image.on(Suffix.DIRECTIONS));
    final var own = suffix.graph().input("direction", Shape.batched(Suffix.ROWS).integers());
    return new ImageProjection(
        directions, Optional.of(own), suffix.product(IMAGE, directions, own));
  }
}
