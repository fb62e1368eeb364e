package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Convolutions that the kernels for 4 x 4 with stride 2 do not take, forward, transposed (which is
/// the input's gradient) and of the weights: `conv_generic_forward`, `conv_generic_igrad`,
/// `conv_generic_wgrad`. The shapes are those of the `locatello` net's 2 x 2 layers, of a 3 x 3
/// layer with stride 1, and of a 4 x 4 one whose channels are no multiple of 16.
///
/// Operations of a call: 2 n taps C O, counting the taps of every output pixel that lie inside the
/// image. Bytes: 4 for each number of the input, the result and the weights.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main GenericConvBenchmark -rf
/// json -rff generic-conv.json`; one: add `-p shape=K3_16 -p pass=FORWARD`.
public class GenericConvBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-5;
  private static final double HALF = 0.1;

  /// The convolution.
  @Param public Form shape = Form.K3_16;

  /// What of it.
  @Param public Pass pass = Pass.FORWARD;

  /// Rows.
  @Param({"64"})
  public int rows = 64;

  /// Convolutions from C channels of `size` x `size` pixels to O channels.
  public enum Form {
    /// 2 x 2, stride 2: 32 x 16 x 16 to 64 x 8 x 8.
    K2_16(32, 64, 16, 2, 2, 0),
    /// 2 x 2, stride 2: 64 x 8 x 8 to 64 x 4 x 4.
    K2_8(64, 64, 8, 2, 2, 0),
    /// 3 x 3, stride 1: 32 x 16 x 16 to as many.
    K3_16(32, 32, 16, 3, 1, 1),
    /// 4 x 4, stride 2: 3 x 64 x 64 to 24 x 32 x 32.
    K4_64(3, 24, 64, 4, 2, 1);

    private final int channels;
    private final int outChannels;
    private final int size;
    private final int kernel;
    private final int stride;
    private final int padding;

    Form(
        final int channels,
        final int outChannels,
        final int size,
        final int kernel,
        final int stride,
        final int padding) {
      this.channels = channels;
      this.outChannels = outChannels;
      this.size = size;
      this.kernel = kernel;
      this.stride = stride;
      this.padding = padding;
    }

    private int outSize() {
      return (size + 2 * padding - kernel) / stride + 1;
    }

    /// Pairs of an output and a tap inside the image along one direction.
    private long taps() {
      long taps = 0;
      for (int o = 0; o < outSize(); o++) {
        for (int k = 0; k < kernel; k++) {
          final int at = o * stride - padding + k;
          taps += at >= 0 && at < size ? 1 : 0;
        }
      }
      return taps;
    }
  }

  /// Ways to go through a convolution.
  public enum Pass {
    FORWARD,
    TRANSPOSED,
    WEIGHT_GRADIENT
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(rows);
    final var image = Shape.batched(ROWS, shape.channels, shape.size, shape.size);
    final var features = Shape.batched(ROWS, shape.outChannels, shape.outSize(), shape.outSize());
    final var weights = Shape.of(shape.outChannels, shape.channels, shape.kernel, shape.kernel);
    final String kernel =
        switch (pass) {
          case FORWARD -> {
            final var w = draft.state("weights", weights, -HALF, HALF);
            draft.output(Ops.conv2d(draft.input(image), w, shape.stride, shape.padding));
            yield "conv_generic_forward";
          }
          case TRANSPOSED -> {
            final var w = draft.state("weights", weights, -HALF, HALF);
            final var op =
                new Op.ConvInputGrad(shape.stride, shape.padding, shape.size, shape.size);
            draft.output(draft.graph().append(op, draft.input(features), w));
            yield "conv_generic_igrad";
          }
          case WEIGHT_GRADIENT -> {
            final var op =
                new Op.ConvWeightGrad(shape.stride, shape.padding, shape.kernel, shape.kernel);
            draft.output(draft.graph().append(op, draft.input(image), draft.input(features)));
            yield "conv_generic_wgrad";
          }
        };
    final double taps = (double) shape.taps() * shape.taps();
    return Piece.of(
        draft.trial(),
        Set.of(kernel),
        TOLERANCE,
        2.0 * rows * taps * shape.channels * shape.outChannels,
        (double) rows * (image.rowSize() + features.rowSize()) + weights.rowSize());
  }
}
