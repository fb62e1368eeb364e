package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;

/// One layer that carries the change of all of its input (`change_dense.cu`).
///
/// @param inputs elements that it takes
/// @param channels of what it takes
/// @param activation of the change that it leaves; none where its sums are wanted
record DenseChange(
    Kind kind,
    Kernel kernel,
    Value weights,
    Value clean,
    int inputs,
    int channels,
    int height,
    int width,
    Activation activation,
    boolean rounds) {
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 4096;
  private static final int LINEAR_CELLS = 32;
  private static final int LINEAR_OUTPUTS = 64;
  private static final int LINEAR_SHARED = Float.BYTES * 16 * (LINEAR_CELLS + LINEAR_OUTPUTS + 2);

  static DenseChange of(final Node node, final Propagate op, final int index, final Scope scope) {
    final var layer = op.layers().get(index);
    final var weights = node.input(Propagate.LEADING + 2 * index);
    final var clean = node.input(Propagate.LEADING + 2 * index + 1);
    final var out = clean.shape();
    final int channels = weights.shape().dim(layer.kind() == Kind.UP ? 0 : 1);
    final int height =
        switch (layer.kind()) {
          case DOWN -> 2 * out.dim(1);
          case UP -> out.dim(1) / 2;
          case LINEAR -> 1;
        };
    final int width =
        switch (layer.kind()) {
          case DOWN -> 2 * out.dim(2);
          case UP -> out.dim(2) / 2;
          case LINEAR -> 1;
        };
    final boolean last = index + 1 == op.layers().size();
    final var name =
        switch (layer.kind()) {
          case DOWN -> "dense_down";
          case UP -> "dense_up";
          case LINEAR -> "dense_linear";
        };
    return new DenseChange(
        layer.kind(),
        scope.device().kernel("change_dense", name),
        scope.value(weights),
        scope.value(clean),
        channels * height * width,
        channels,
        height,
        width,
        last ? Activation.NONE : layer.activation(),
        op.rounds(index));
  }

  /// Elements that it makes.
  int outputs() {
    return clean.size();
  }

  /// Carries (cells; inputs) at `from` to (cells; outputs) at `to`.
  void run(final CellList cells, final long from, final long to) {
    final boolean linear = kind == Kind.LINEAR;
    final long items =
        linear
            ? (long) Math.ceilDiv(cells.most(), LINEAR_CELLS)
                * Math.ceilDiv(outputs(), LINEAR_OUTPUTS)
            : (long) cells.most() * Math.ceilDiv(outputs(), THREADS);
    final int blocks = (int) Math.min(items, MOST_BLOCKS);
    kernel.launch(
        new Launch(blocks, 1, THREADS, linear ? LINEAR_SHARED : 0),
        from,
        weights.address(),
        clean.address(),
        to,
        cells.bases(),
        cells.count(),
        channels,
        height,
        width,
        linear ? outputs() : clean.shape().dim(0),
        ChangeEnds.code(activation),
        rounds ? 1 : 0);
  }
}
