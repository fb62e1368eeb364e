package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;

/// One layer that carries the change of all of its input: by the kernels that any layer is computed
/// with, or by plain ones (`change_dense.cu`).
final class DenseChange {
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 4096;
  private static final int LINEAR_CELLS = 32;
  private static final int LINEAR_OUTPUTS = 64;
  private static final int LINEAR_SHARED = Float.BYTES * 16 * (LINEAR_CELLS + LINEAR_OUTPUTS + 2);

  private final Kind kind;
  private final Layers layers;
  private final boolean plain;
  private final Kernel kernel;
  private final Kernel rounded;
  private final Value weights;
  private final Value clean;
  private final int channels;
  private final int height;
  private final int width;
  private final int outputs;
  private final int activation;
  private final boolean rounds;
  private final long one;

  /// @param plain whether the plain kernels serve
  DenseChange(
      final Node node,
      final Propagate op,
      final int index,
      final Scope scope,
      final Layers layers,
      final boolean plain) {
    final var layer = op.layers().get(index);
    final var given = node.input(Propagate.LEADING + 2 * index);
    this.kind = layer.kind();
    this.layers = layers;
    this.plain = plain;
    this.rounds = op.rounds(index);
    this.clean = scope.value(node.input(Propagate.LEADING + 2 * index + 1));
    final var out = clean.shape();
    this.channels = given.shape().dim(kind == Kind.UP ? 0 : 1);
    this.outputs = kind == Kind.LINEAR ? out.rowSize() : out.dim(0);
    this.height = kind == Kind.LINEAR ? 1 : kind == Kind.UP ? out.dim(1) / 2 : 2 * out.dim(1);
    this.width = kind == Kind.LINEAR ? 1 : kind == Kind.UP ? out.dim(2) / 2 : 2 * out.dim(2);
    // The sums of the last are wanted.
    final boolean last = index + 1 == op.layers().size();
    this.activation = last || layer.activation() == Activation.NONE ? 0 : 1;
    this.one = scope.rows(null);
    this.kernel =
        scope
            .device()
            .kernel(
                "change_dense",
                switch (kind) {
                  case DOWN -> "dense_down";
                  case UP -> "dense_up";
                  case LINEAR -> "dense_linear";
                });
    this.rounded = scope.device().kernel("change_dense", "change_rounded");
    final int size = given.shape().rowSize();
    this.weights =
        rounds && !plain
            ? scope.packed("rounded", given, size, (from, to) -> round(from, to, one, size, 1))
            : scope.value(given);
  }

  private void round(
      final long from, final long to, final long count, final int size, final int most) {
    final var launch = Launch.covering((long) size * most, THREADS, MOST_BLOCKS);
    rounded.launch(launch, from, to, count, size);
  }

  List<Value> reads() {
    return List.of(weights, clean);
  }

  /// Elements that it takes.
  int inputs() {
    return channels * height * width;
  }

  /// Elements that it makes.
  int outputs() {
    return clean.size();
  }

  /// Carries (cells; inputs) at `from`, which may change there, to (cells; outputs) at `to`.
  void run(final CellList cells, final long from, final long to) {
    if (plain) {
      runPlain(cells, from, to);
      return;
    }
    if (rounds) {
      round(from, from, cells.count(), inputs(), cells.most());
    }
    final var finish =
        activation == 0 ? Finish.NONE : Finish.change(clean.address(), cells.bases(), activation);
    final var rows = new Rows(cells.count(), cells.most());
    switch (kind) {
      case DOWN ->
          layers.convDown(
              Conv.halving(channels, outputs, height / 2, width / 2),
              from,
              weights.address(),
              to,
              finish,
              rows);
      case UP ->
          layers.convUp(
              Conv.halving(outputs, channels, height, width),
              from,
              weights.address(),
              to,
              finish,
              rows);
      case LINEAR ->
          layers.linear(channels, outputs, true, from, weights.address(), to, finish, rows, one);
    }
  }

  private void runPlain(final CellList cells, final long from, final long to) {
    final boolean linear = kind == Kind.LINEAR;
    final long items =
        linear
            ? (long) Math.ceilDiv(cells.most(), LINEAR_CELLS)
                * Math.ceilDiv(outputs, LINEAR_OUTPUTS)
            : (long) cells.most() * Math.ceilDiv(outputs(), THREADS);
    kernel.launch(
        new Launch((int) Math.min(items, MOST_BLOCKS), 1, THREADS, linear ? LINEAR_SHARED : 0),
        from,
        weights.address(),
        clean.address(),
        to,
        cells.bases(),
        cells.count(),
        channels,
        height,
        width,
        outputs,
        activation,
        rounds ? 1 : 0);
  }
}
