package io.patchbay.analysis.sweep;

import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;

/// The change of the image along some directions.
///
/// @param directions (directions, elements of the image)
/// @param products the change times each of them (rows; directions)
record ImageProjection(Node directions, Node products) {
  static ImageProjection of(final Suffix suffix, final int count) {
    final var change = Ops.sub(suffix.value("output"), suffix.base("output"));
    final int elements = change.shape().rowSize();
    final var directions = suffix.graph().input("directions", Shape.of(count, elements));
    final var rows = Ops.reshape(change, elements);
    return new ImageProjection(directions, Ops.matMul(rows, directions, false, true));
  }
}
