package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is wanted of the last layer of a carried change (`change_ends.cu`).
final class ChangeEnds {
  private static final int WARP = 32;
  private static final int MOST_THREADS = 256;
  private static final int BLOCKS = 8;

  private final Propagate op;
  private final Value clean;
  private final Value base;
  private final @Nullable Value directions;
  private final @Nullable Value direction;
  private final long directionRows;
  private final long wrongDirection;
  private final Value out;
  private final Kernel kernel;
  private final int processors;

  ChangeEnds(final Node node, final Propagate op, final Scope scope) {
    this.wrongDirection = scope.fault("direction outside the table, at the row before: " + node);
    this.op = op;
    this.clean = scope.value(node.input(op.layered() - 1));
    this.base = scope.value(node.input(2));
    final boolean products = op.end() == End.PRODUCTS;
    this.directions = products ? scope.value(node.input(op.layered())) : null;
    this.direction = products ? scope.value(node.input(op.layered() + 1)) : null;
    this.directionRows = directions == null ? 0 : scope.rows(directions.axis());
    this.out = scope.value(node);
    this.kernel = scope.device().kernel("change_ends", "change_ends");
    this.processors = scope.device().facts().multiprocessors();
  }

  List<Value> reads() {
    final var reads = new ArrayList<>(List.of(clean, base));
    if (directions != null && direction != null) {
      reads.addAll(List.of(directions, direction));
    }
    return reads;
  }

  Value out() {
    return out;
  }

  /// Whether the result is 0 where nothing changes.
  boolean isZeroUnchanged() {
    return switch (op.end()) {
      case SQUARES, SIZES, PRODUCTS -> true;
      case VALUE -> false;
    };
  }

  /// As the kernels number ends.
  static int code(final End end) {
    return switch (end) {
      case VALUE -> 0;
      case SQUARES -> 1;
      case SIZES -> 2;
      case PRODUCTS -> 3;
    };
  }

  /// What the names of kernels of one number each end in.
  static String suffix(final End end) {
    return switch (end) {
      case VALUE -> throw new IllegalArgumentException("no kernel measures it: end=" + end);
      case SQUARES -> "squares";
      case SIZES -> "sizes";
      case PRODUCTS -> "products";
    };
  }

  /// What such kernels are given of directions after all else.
  ///
  /// @return nothing if the end asks for none
  long[] directed(final CellList cells) {
    return op.end() == End.PRODUCTS ? new long[] {directions(), cells.directions()} : new long[0];
  }

  /// As the kernels number activations.
  static int code(final Activation activation) {
    return switch (activation) {
      case NONE -> 0;
      case RELU -> 1;
      case SIGMOID -> 2;
    };
  }

  /// Of some cells.
  ///
  /// @param sums of the last layer, (cells; size), or 0 where nothing changes
  void run(final CellList cells, final long sums) {
    final int size = clean.size();
    final int threads = Math.min(MOST_THREADS, Math.ceilDiv(size, WARP) * WARP);
    kernel.launch(
        new Launch(Math.min(cells.most(), BLOCKS * processors), 1, threads, Float.BYTES * WARP),
        sums,
        clean.address(),
        base.address(),
        cells.cells(),
        cells.count(),
        directions(),
        cells.directions(),
        out.address(),
        size,
        code(op.layers().getLast().activation()),
        code(op.end()));
  }

  /// Where the directions stand, or 0.
  long directions() {
    return directions == null ? 0 : directions.address();
  }

  /// Where each cell's row of them stands, or 0.
  long direction() {
    return direction == null ? 0 : direction.address();
  }

  /// Where the number of directions stands, or 0.
  long directionRows() {
    return directionRows;
  }

  /// Where a cell is noted whose direction there is not.
  long wrongDirection() {
    return wrongDirection;
  }
}
