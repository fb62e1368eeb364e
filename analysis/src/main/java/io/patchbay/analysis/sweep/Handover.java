package io.patchbay.analysis.sweep;

import io.patchbay.engine.Node;
import io.patchbay.engine.Program;
import java.util.HashMap;
import java.util.Map;

/// Hands outputs of one program to another as given values, through arrays that are used again:
/// tables of activations are megabytes, and fresh arrays cost more than the copying.
final class Handover {
  private final Program from;
  private final Program to;
  private final Map<Node, float[]> arrays = new HashMap<>();

  Handover(final Program from, final Program to) {
    this.from = from;
    this.to = to;
  }

  /// The first `rows` rows of an output become rows `at`.. of a given value.
  void move(final Node output, final Node given, final int rows, final int at) {
    final int length = rows * output.shape().rowSize();
    final var array =
        arrays.compute(
            output,
            (_, known) -> known == null || known.length < length ? new float[length] : known);
    from.read(output, array, 0);
    to.write(given, array, 0, at, rows);
  }
}
