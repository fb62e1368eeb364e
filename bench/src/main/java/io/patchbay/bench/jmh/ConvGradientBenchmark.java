package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.bench.Layer;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.tests.cases.Draft;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// The gradients of the convolution layers of `conv4`, a batch of training. `LayerBenchmark` has
/// the layers forward.
///
/// - `INPUT`: the layer the other way round, gated by the sign of the value before: `conv_up` of
///   the encoder's layers, `conv_down` of the decoder's. That of E1, the gradient to the image, has
///   no gate
/// - `WEIGHT`: `conv_wgrad`
/// - `BIAS`: `conv_bias_grad`, the sums of each channel over rows and places
///
/// Operations of a call: of `INPUT` and `WEIGHT` 2 n (4 s - 2)² C c, where the layer joins grids of
/// 2 s x 2 s pixels with C channels and s x s pixels with c, taps outside the image not counted; of
/// `BIAS` one for each number read. Bytes: 4 for each number of the grids, of the gate and of the
/// weights (16 C c).
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main ConvGradientBenchmark
/// -rf json -rff conv-gradients.json`; one: add `-p layer=D3 -p pass=WEIGHT`.
public class ConvGradientBenchmark extends KernelBenchmark {
  private static final int KERNEL = 4;
  private static final int STRIDE = 2;
  private static final int PADDING = 1;
  private static final double TOLERANCE = 2e-5;
  private static final double HALF = 0.1;

  /// The layer.
  @Param public Layer layer = Layer.E1;

  /// Of what.
  @Param public Pass pass = Pass.INPUT;

  /// Rows.
  @Param({"64"})
  public int rows = 64;

  /// What the gradient is of.
  public enum Pass {
    INPUT,
    WEIGHT,
    BIAS
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final double weights = (double) KERNEL * KERNEL * layer.largeChannels() * layer.smallChannels();
    final double values = (double) rows * (layer.inputSize() + layer.outputSize());
    final double products = 2.0 * rows * layer.effectiveMacs();
    return switch (pass) {
      case INPUT -> {
        final var g = draft.input(layer.down() ? small() : large());
        final var gradient = back(draft, g);
        final boolean image = layer == Layer.E1;
        draft.output(
            image
                ? gradient
                : Ops.mul(gradient, Ops.step(draft.input(layer.down() ? large() : small()))));
        final double gate = image ? 0 : (double) rows * layer.inputSize();
        final var kernel = layer.down() ? "conv_up" : "conv_down";
        yield Piece.of(draft.trial(), Set.of(kernel), TOLERANCE, products, values + gate + weights);
      }
      case WEIGHT -> {
        final var x = draft.input(large());
        final var g = draft.input(small());
        final var op = new Op.ConvWeightGrad(STRIDE, PADDING, KERNEL, KERNEL);
        draft.output(draft.graph().append(op, x, g));
        yield Piece.of(draft.trial(), Set.of("conv_wgrad"), TOLERANCE, products, values + weights);
      }
      case BIAS -> {
        final var g = draft.input(layer.down() ? small() : large());
        draft.output(Ops.reduce(Op.ReduceKind.SUM, g, List.of(0, 2, 3)));
        final double read = (double) rows * layer.outputSize();
        yield Piece.of(
            draft.trial(),
            Set.of("conv_bias_grad"),
            TOLERANCE,
            read,
            read + layer.outputChannels());
      }
    };
  }

  private Node back(final Draft draft, final Node g) {
    final var shape = Shape.of(layer.smallChannels(), layer.largeChannels(), KERNEL, KERNEL);
    final var weights = draft.state("weights", shape, -HALF, HALF);
    return layer.down()
        ? Ops.convTranspose2d(g, weights, STRIDE, PADDING)
        : Ops.conv2d(g, weights, STRIDE, PADDING);
  }

  private Shape large() {
    return Shape.batched(ROWS, layer.largeChannels(), 2 * layer.side(), 2 * layer.side());
  }

  private Shape small() {
    return Shape.batched(ROWS, layer.smallChannels(), layer.side(), layer.side());
  }
}
