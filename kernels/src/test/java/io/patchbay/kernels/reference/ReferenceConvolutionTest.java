package io.patchbay.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The unfolded products against the seven nested loops of the definition.
final class ReferenceConvolutionTest {
  private static final Axis ROWS = new Axis("rows");

  private final SplittableRandom random = new SplittableRandom(11);

  @ParameterizedTest(name = "{arguments}")
  @CsvSource({
    "1, 1, 1, 1, 1, 1, 1, 1, 0",
    "2, 3, 5, 4, 3, 3, 2, 1, 0",
    "3, 2, 7, 9, 5, 4, 4, 2, 1",
    "2, 1, 8, 8, 2, 4, 4, 2, 1",
    "5, 4, 6, 5, 3, 5, 3, 3, 3",
    "13, 3, 4, 4, 16, 2, 1, 1, 2"
  })
  void agreesWithTheDefinition(
      final int n,
      final int channels,
      final int height,
      final int width,
      final int outChannels,
      final int kernelHeight,
      final int kernelWidth,
      final int stride,
      final int padding) {
    final int outHeight = (height + 2 * padding - kernelHeight) / stride + 1;
    final int outWidth = (width + 2 * padding - kernelWidth) / stride + 1;
    final var graph = new Graph();
    final var x = graph.input("x", Shape.batched(ROWS, channels, height, width));
    final var w = graph.input("w", Shape.of(outChannels, channels, kernelHeight, kernelWidth));
    final var g = graph.input("g", Shape.batched(ROWS, outChannels, outHeight, outWidth));
    final var y = graph.append(new Op.Conv2d(stride, padding), x, w);
    final var dx = graph.append(new Op.ConvInputGrad(stride, padding, height, width), g, w);
    final var dw =
        graph.append(new Op.ConvWeightGrad(stride, padding, kernelHeight, kernelWidth), x, g);

    final double[] xs = random(n * x.shape().rowSize());
    final double[] ws = random(w.shape().rowSize());
    final double[] gs = random(n * g.shape().rowSize());
    final double[] ys = new double[gs.length];
    final double[] dxs = new double[xs.length];
    final double[] dws = new double[ws.length];
    for (int row = 0; row < n; row++) {
      for (int o = 0; o < outChannels; o++) {
        for (int oh = 0; oh < outHeight; oh++) {
          for (int ow = 0; ow < outWidth; ow++) {
            final int out = ((row * outChannels + o) * outHeight + oh) * outWidth + ow;
            for (int c = 0; c < channels; c++) {
              for (int i = 0; i < kernelHeight; i++) {
                for (int j = 0; j < kernelWidth; j++) {
                  final int h = oh * stride + i - padding;
                  final int v = ow * stride + j - padding;
                  if (h >= 0 && h < height && v >= 0 && v < width) {
                    final int in = ((row * channels + c) * height + h) * width + v;
                    final int tap = ((o * channels + c) * kernelHeight + i) * kernelWidth + j;
                    ys[out] += xs[in] * ws[tap];
                    dxs[in] += gs[out] * ws[tap];
                    dws[tap] += gs[out] * xs[in];
                  }
                }
              }
            }
          }
        }
      }
    }

    final var sizes = Sizes.of(ROWS, n);
    for (final int threads : new int[] {1, 3}) {
      try (var backend = new ReferenceBackend(new Settings(threads, 1 << 24));
          var weights = backend.weights(List.of());
          var program = backend.load(Plan.of(graph, List.of(y, dx, dw), sizes), weights)) {
        program.write(x, xs);
        program.write(w, ws);
        program.write(g, gs);
        program.run(sizes);
        assertArrayEquals(ys, program.readDoubles(y), 1e-12);
        assertArrayEquals(dxs, program.readDoubles(dx), 1e-12);
        assertArrayEquals(dws, program.readDoubles(dw), 1e-12);
      }
    }
  }

  private double[] random(final int count) {
    return random.doubles(count, -1, 1).toArray();
  }
}
