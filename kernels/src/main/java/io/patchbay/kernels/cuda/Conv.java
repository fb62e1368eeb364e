package io.patchbay.kernels.cuda;

/// A convolution from its image side (c, h, w) to its feature side (o, oh, ow); weights (o, c, kh,
/// kw).
record Conv(int c, int h, int w, int o, int oh, int ow, int kh, int kw, int stride, int padding) {
  /// Kernel 4, stride 2, padding 1, from (c, 2 h, 2 w) to (o, h, w).
  static Conv halving(final int c, final int o, final int h, final int w) {
    return new Conv(c, 2 * h, 2 * w, o, h, w, 4, 4, 2, 1);
  }

  /// Whether it halves a square: [#halving] with as many rows as columns.
  boolean halvesSquare() {
    return oh == ow && equals(halving(c, o, oh, ow));
  }

  int weights() {
    return o * c * kh * kw;
  }
}
