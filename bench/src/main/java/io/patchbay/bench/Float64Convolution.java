package io.patchbay.bench;

/// The three maps of a k4 s2 p1 convolution in double precision. `large` and `small` are the two
/// grids of a [Layer] as `(C, H, W)`; weights are `[small][large][4][4]`; every map adds to its
/// output.
final class Float64Convolution {
  private Float64Convolution() {}

  /// small += weight * large.
  static void down(Layer layer, double[] weight, double[] large, double[] small) {
    final int side = layer.side();
    final int wide = 2 * side;
    for (int s = 0; s < layer.smallChannels(); s++) {
      for (int l = 0; l < layer.largeChannels(); l++) {
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            double sum = 0;
            for (int ky = 0; ky < 4; ky++) {
              final int row = 2 * y + ky - 1;
              for (int kx = 0; kx < 4; kx++) {
                final int column = 2 * x + kx - 1;
                if (row >= 0 && row < wide && column >= 0 && column < wide) {
                  sum +=
                      weight[((s * layer.largeChannels() + l) * 4 + ky) * 4 + kx]
                          * large[(l * wide + row) * wide + column];
                }
              }
            }
            small[(s * side + y) * side + x] += sum;
          }
        }
      }
    }
  }

  /// large += weight^T * small.
  static void up(Layer layer, double[] weight, double[] small, double[] large) {
    final int side = layer.side();
    final int wide = 2 * side;
    for (int s = 0; s < layer.smallChannels(); s++) {
      for (int l = 0; l < layer.largeChannels(); l++) {
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            final double value = small[(s * side + y) * side + x];
            for (int ky = 0; ky < 4; ky++) {
              final int row = 2 * y + ky - 1;
              for (int kx = 0; kx < 4; kx++) {
                final int column = 2 * x + kx - 1;
                if (row >= 0 && row < wide && column >= 0 && column < wide) {
                  large[(l * wide + row) * wide + column] +=
                      weight[((s * layer.largeChannels() + l) * 4 + ky) * 4 + kx] * value;
                }
              }
            }
          }
        }
      }
    }
  }

  /// weight += small (x) large.
  static void weight(Layer layer, double[] weight, double[] large, double[] small) {
    final int side = layer.side();
    final int wide = 2 * side;
    for (int s = 0; s < layer.smallChannels(); s++) {
      for (int l = 0; l < layer.largeChannels(); l++) {
        for (int ky = 0; ky < 4; ky++) {
          for (int kx = 0; kx < 4; kx++) {
            double sum = 0;
            for (int y = 0; y < side; y++) {
              final int row = 2 * y + ky - 1;
              for (int x = 0; x < side; x++) {
                final int column = 2 * x + kx - 1;
                if (row >= 0 && row < wide && column >= 0 && column < wide) {
                  sum += small[(s * side + y) * side + x] * large[(l * wide + row) * wide + column];
                }
              }
            }
            weight[((s * layer.largeChannels() + l) * 4 + ky) * 4 + kx] += sum;
          }
        }
      }
    }
  }
}
