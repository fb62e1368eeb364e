package io.patchbay.kernels.reference;

import io.patchbay.engine.Shape;
import io.patchbay.kernels.reference.MatrixProduct.Matrix;
import java.util.Arrays;

/// Convolution and its two gradients, each as a product with the patches of one image: the image
/// unfolded into (C kh kw) rows of (OH OW) columns.
final class Convolution {
  private final int channels;
  private final int height;
  private final int width;
  private final int outChannels;
  private final int outHeight;
  private final int outWidth;
  private final int kernelHeight;
  private final int kernelWidth;
  private final int stride;
  private final int padding;

  /// @param image (axis; C, H, W), what is convolved
  /// @param result (axis; O, OH, OW)
  /// @param weights (O, C, kh, kw)
  Convolution(
      final Shape image,
      final Shape result,
      final Shape weights,
      final int stride,
      final int padding) {
    this.channels = image.dim(0);
    this.height = image.dim(1);
    this.width = image.dim(2);
    this.outChannels = result.dim(0);
    this.outHeight = result.dim(1);
    this.outWidth = result.dim(2);
    this.kernelHeight = weights.dim(2);
    this.kernelWidth = weights.dim(3);
    this.stride = stride;
    this.padding = padding;
  }

  private int taps() {
    return kernelHeight * kernelWidth;
  }

  private int depth() {
    return channels * taps();
  }

  private int places() {
    return outHeight * outWidth;
  }

  private long operations() {
    return (long) outChannels * depth() * places();
  }

  /// `y = x * w`.
  Step forward(final Value x, final Value w, final Value y) {
    final var weights = new Matrix(w.data(), w.at(), depth(), 1);
    return (sizes, workers) ->
        workers.split(
            x.rows(sizes),
            operations(),
            (from, to) -> {
              final var unfolded = new double[depth() * places()];
              final var columns = new Matrix(unfolded, 0, places(), 1);
              for (int row = from; row < to; row++) {
                unfold(x.data(), x.row(row), unfolded);
                final var result = new Matrix(y.data(), y.row(row), places(), 1);
                MatrixProduct.multiply(weights, columns, result, 0, outChannels, depth(), places());
              }
            });
  }

  /// The gradient of `x` from `g`, the gradient of `y`.
  Step inputGradient(final Value g, final Value w, final Value x) {
    final var weights = new Matrix(w.data(), w.at(), 1, depth());
    return (sizes, workers) ->
        workers.split(
            g.rows(sizes),
            operations(),
            (from, to) -> {
              final var unfolded = new double[depth() * places()];
              final var columns = new Matrix(unfolded, 0, places(), 1);
              for (int row = from; row < to; row++) {
                final var result = new Matrix(g.data(), g.row(row), places(), 1);
                MatrixProduct.multiply(weights, result, columns, 0, depth(), outChannels, places());
                fold(unfolded, x.data(), x.row(row));
              }
            });
  }

  /// The gradient of `w` from `x` and `g`, rows added in their order. Threads share the input
  /// channels, not the rows.
  Step weightGradient(final Value x, final Value g, final Value w) {
    return (sizes, workers) -> {
      final int rows = x.rows(sizes);
      workers.split(
          channels,
          rows * operations() / channels,
          (from, to) -> {
            final int part = (to - from) * taps();
            final var patches = new double[places() * part];
            final var right = new Matrix(patches, 0, part, 1);
            final var sum = new Matrix(w.data(), w.at() + from * taps(), depth(), 1);
            for (int o = 0; o < outChannels; o++) {
              final int start = sum.at() + o * depth();
              Arrays.fill(w.data(), start, start + part, 0);
            }
            for (int row = 0; row < rows; row++) {
              unfoldPlaces(x.data(), x.row(row), from, to, patches);
              final var left = new Matrix(g.data(), g.row(row), places(), 1);
              MatrixProduct.add(left, right, sum, 0, outChannels, places(), part);
            }
          });
    };
  }

  /// Row (c, i, j), column (oh, ow) of `unfolded` is the element of channel c that tap (i, j) sees
  /// from output place (oh, ow), zero outside.
  private void unfold(final double[] image, final int at, final double[] unfolded) {
    Arrays.fill(unfolded, 0);
    visit(
        0,
        channels,
        (tap, place, element) -> unfolded[tap * places() + place] = image[at + element]);
  }

  /// As [#unfold], of some channels, with output places as rows.
  private void unfoldPlaces(
      final double[] image, final int at, final int from, final int to, final double[] patches) {
    final int part = (to - from) * taps();
    Arrays.fill(patches, 0);
    visit(from, to, (tap, place, element) -> patches[place * part + tap] = image[at + element]);
  }

  /// The transpose of [#unfold]: every element adds up what all taps that see it hold.
  private void fold(final double[] unfolded, final double[] image, final int at) {
    Arrays.fill(image, at, at + channels * height * width, 0);
    visit(
        0,
        channels,
        (tap, place, element) -> image[at + element] += unfolded[tap * places() + place]);
  }

  /// One tap of the kernel at one output place, and the element of the image that it sees there.
  @FunctionalInterface
  private interface Visitor {
    void see(int tap, int place, int element);
  }

  private void visit(final int fromChannel, final int toChannel, final Visitor visitor) {
    int tap = 0;
    for (int c = fromChannel; c < toChannel; c++) {
      for (int i = 0; i < kernelHeight; i++) {
        for (int j = 0; j < kernelWidth; j++) {
          visitTap(c, i, j, tap++, visitor);
        }
      }
    }
  }

  private void visitTap(
      final int channel, final int i, final int j, final int tap, final Visitor visitor) {
    for (int oh = 0; oh < outHeight; oh++) {
      final int h = oh * stride + i - padding;
      if (h < 0 || h >= height) {
        continue;
      }
      for (int ow = 0; ow < outWidth; ow++) {
        final int w = ow * stride + j - padding;
        if (w >= 0 && w < width) {
          visitor.see(tap, oh * outWidth + ow, (channel * height + h) * width + w);
        }
      }
    }
  }
}
