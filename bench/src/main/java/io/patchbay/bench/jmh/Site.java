package io.patchbay.bench.jmh;

/// Rows that kernels of rows are measured with.
public enum Site {
  /// 10 latents.
  LATENTS(10, 1),
  /// An image of 64 x 64 grey pixels.
  GREY(1, 64),
  /// An image of 64 x 64 pixels of three colours.
  COLORS(3, 64),
  /// 32 x 16 x 16.
  IMAGE_16(32, 16),
  /// 32 x 32 x 32.
  IMAGE_32(32, 32);

  private final int channels;
  private final int side;

  Site(final int channels, final int side) {
    this.channels = channels;
    this.side = side;
  }

  int channels() {
    return channels;
  }

  /// Numbers of a channel.
  int plane() {
    return side * side;
  }

  /// Sizes of a row.
  int[] dims() {
    return side == 1 ? new int[] {channels} : new int[] {channels, side, side};
  }

  /// Whether its order in memory is another than in arrays.
  boolean turned() {
    return side > 1 && channels > 1;
  }
}
