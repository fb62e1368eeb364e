package io.patchbay.tests.cases;

import java.util.ArrayList;
import java.util.List;

/// A convolution: image (C, H, W), weights (O, C, kh, kw).
record ConvShape(
    int channels,
    int height,
    int width,
    int outChannels,
    int kernelHeight,
    int kernelWidth,
    int stride,
    int padding) {

  int outHeight() {
    return (height + 2 * padding - kernelHeight) / stride + 1;
  }

  int outWidth() {
    return (width + 2 * padding - kernelWidth) / stride + 1;
  }

  /// The layers of the usual autoencoders, k4 s2 p1, at many sizes, odd ones included.
  static List<ConvShape> layers() {
    final int[] channels = {1, 3, 16, 32, 48, 64};
    final int[] sizes = {2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33};
    final var shapes = new ArrayList<ConvShape>();
    int i = 0;
    for (final int in : channels) {
      for (final int out : channels) {
        final int height = sizes[i % sizes.length];
        final int width = sizes[(i * 5 + 3) % sizes.length];
        shapes.add(layer(in, height, height, out));
        if (i % 3 == 0) {
          shapes.add(layer(in, height, width, out));
        }
        i++;
      }
    }
    shapes.add(layer(1, 64, 64, 32));
    shapes.add(layer(3, 64, 64, 16));
    return shapes;
  }

  /// So many channels that little fits beside their weights into a block's memory, and a layer of
  /// odd channels between them.
  static List<ConvShape> crowded() {
    return List.of(
        layer(100, 32, 32, 9), layer(96, 16, 16, 9), layer(192, 8, 8, 9), layer(5, 16, 16, 33));
  }

  private static ConvShape layer(final int in, final int height, final int width, final int out) {
    return new ConvShape(in, height, width, out, 4, 4, 2, 1);
  }

  /// Squares that do not overlap, k2 s2 p0: the layers of an autoencoder, odd channels and so many
  /// that their weights fill more than a block's memory, small sides of widths 2 to 32, and two of
  /// an odd width or with a row that no square sees.
  static List<ConvShape> disjoint() {
    return List.of(
        disjoint(32, 16, 16, 64),
        disjoint(64, 8, 8, 64),
        disjoint(3, 8, 8, 20),
        disjoint(20, 16, 16, 33),
        disjoint(33, 8, 8, 70),
        disjoint(70, 8, 8, 5),
        disjoint(1, 8, 32, 7),
        disjoint(5, 4, 64, 3),
        disjoint(18, 12, 12, 17),
        disjoint(228, 4, 4, 9),
        disjoint(9, 4, 4, 801),
        disjoint(7, 4, 24, 12),
        disjoint(6, 10, 8, 24),
        disjoint(4, 6, 6, 8),
        disjoint(4, 9, 8, 8));
  }

  private static ConvShape disjoint(
      final int in, final int height, final int width, final int out) {
    return new ConvShape(in, height, width, out, 2, 2, 2, 0);
  }

  /// Kernels 1 to 5, strides 1 to 3, paddings 0 to 3, square and not.
  static List<ConvShape> generic() {
    final var shapes = new ArrayList<ConvShape>();
    for (int kernel = 1; kernel <= 5; kernel++) {
      for (int stride = 1; stride <= 3; stride++) {
        for (int padding = 0; padding <= 3; padding++) {
          final int other = 1 + (kernel + stride + padding) % 5;
          final int height = 5 + (kernel * 3 + padding) % 7;
          shapes.add(
              new ConvShape(
                  1 + (kernel + padding) % 5,
                  height,
                  height + stride % 3,
                  1 + (kernel * stride) % 7,
                  kernel,
                  padding % 2 == 0 ? kernel : other,
                  stride,
                  padding));
        }
      }
    }
    return shapes;
  }

  /// Small ones, for gradients by differences.
  static List<ConvShape> small() {
    return List.of(
        new ConvShape(1, 4, 4, 2, 4, 4, 2, 1),
        new ConvShape(2, 5, 7, 3, 4, 4, 2, 1),
        new ConvShape(3, 6, 5, 2, 3, 3, 1, 1),
        new ConvShape(2, 3, 3, 4, 1, 1, 1, 0),
        new ConvShape(2, 7, 6, 2, 5, 2, 3, 2));
  }

  @Override
  public String toString() {
    return "(%d, %d, %d) -> %d, k%dx%d s%d p%d"
        .formatted(
            channels, height, width, outChannels, kernelHeight, kernelWidth, stride, padding);
  }
}
