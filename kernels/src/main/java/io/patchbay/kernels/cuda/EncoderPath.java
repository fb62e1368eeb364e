package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;
import java.util.Optional;

/// The encoder with four convolutions from an image of 64 x 64 to 64 channels of 4 x 4 pixels, on
/// the matrix unit with operands in bf16 where they are rounded, and what linear layers follow, in
/// float32.
final class EncoderPath {
  private static final int IMAGE = 64;
  private static final List<Shape> MADE =
      List.of(Shape.of(32, 32, 32), Shape.of(32, 16, 16), Shape.of(64, 8, 8), Shape.of(64, 4, 4));
  private static final int TAPS = 16;

  private final Scope scope;
  private final MatrixStages stages;

  private EncoderPath(
      final Node node,
      final Propagate op,
      final Scope scope,
      final Layers kernels,
      final ChangeEnds ends) {
    this.scope = scope;
    this.stages = new MatrixStages(node, scope);
    image(node);
    for (int i = 1; i < MADE.size(); i++) {
      down(node, i);
    }
    for (int i = MADE.size(); i < op.layers().size(); i++) {
      final var layer = new DenseChange(node, op, i, scope, kernels, false);
      layer.reads().forEach(stages::read);
      stages.add(Float.BYTES * layer.outputs(), layer::run);
    }
    stages.add(0, (cells, from, _) -> ends.run(cells, from));
  }

  /// The path of a chain that it fits.
  static Optional<ChangePath> of(
      final Node node,
      final Propagate op,
      final Scope scope,
      final Layers kernels,
      final ChangeEnds ends) {
    if (op.precision() != Precision.BF16 || op.layers().size() <= MADE.size()) {
      return Optional.empty();
    }
    for (int i = 0; i < op.layers().size(); i++) {
      final var layer = op.layers().get(i);
      final boolean fits =
          i < MADE.size()
              ? layer.kind() == Kind.DOWN
                  && layer.activation() == Activation.RELU
                  && clean(node, i).shape().on(null).equals(MADE.get(i))
              : layer.kind() == Kind.LINEAR;
      if (!fits) {
        return Optional.empty();
      }
    }
    final int colors = weights(node, 0).shape().dim(1);
    return colors == 1 || colors == 3
        ? Optional.of(new EncoderPath(node, op, scope, kernels, ends).stages)
        : Optional.empty();
  }

  private static Node weights(final Node node, final int layer) {
    return node.input(Propagate.LEADING + 2 * layer);
  }

  private static Node clean(final Node node, final int layer) {
    return node.input(Propagate.LEADING + 2 * layer + 1);
  }

  /// The first convolution, whose operands are not rounded.
  private void image(final Node node) {
    final var w = stages.read(scope.value(weights(node, 0)));
    final var a = stages.halves(clean(node, 0));
    final int colors = weights(node, 0).shape().dim(1);
    final var kernel =
        scope.device().kernel("change_down_image", "change_down_image_" + colors + "_32_32");
    // As many images at once as the kernel has stages; `change_image_shared`.
    final int deep = colors == 1 ? 3 : 2;
    final int row = (IMAGE + 2 + 15) / 32 * 32 + 16;
    final int blocks = (colors == 1 ? 2 : 1) * stages.processors();
    final var launch =
        new Launch(
            blocks, 1, MatrixStages.THREADS, deep * colors * (IMAGE + 2) * row * Float.BYTES);
    stages.add(
        2 * MADE.getFirst().rowSize(),
        (cells, from, to) ->
            kernel.launch(
                launch, from, w.address(), a.address(), cells.bases(), cells.count(), to));
  }

  /// A convolution; the last makes float32 in (C, H, W) order.
  private void down(final Node node, final int layer) {
    final var of = MADE.get(layer);
    final int channels = MADE.get(layer - 1).dim(0);
    final int outputs = of.dim(0);
    final int side = of.dim(1);
    final boolean last = layer + 1 == MADE.size();
    final int words = TAPS / 2 * channels * outputs;
    final var w =
        stages.packed("change_down_pack", weights(node, layer), words, channels, outputs, 1);
    final var a = stages.halves(clean(node, layer));
    final var name = "change_down_" + channels + "_" + outputs + "_" + side + (last ? "_wide" : "");
    final var kernel = scope.device().kernel("change_down", name);
    final int batch = side == 16 ? 1 : side == 8 ? 2 : 4;
    final int deep = side == 16 ? 2 : 3;
    // What warps that share a sum hand to each other: `change_down_handed`.
    final int handed = channels == 64 ? 24_576 : 16_384;
    final var launch =
        new Launch(
            stages.processors(),
            1,
            MatrixStages.THREADS,
            MatrixStages.shared(2 * channels, 2 * side, batch, deep) + handed);
    stages.add(
        (last ? 4 : 2) * of.rowSize(),
        (some, from, to) ->
            kernel.launch(launch, from, w.address(), a.address(), some.bases(), some.count(), to));
  }
}
