package io.patchbay.bench;

import java.util.List;

/// The eight convolution layers of the reference net `conv4` (kernel 4, stride 2, padding 1).
///
/// Every layer joins a large grid of `2 side x 2 side` pixels with `largeChannels` and a small grid
/// of `side x side` pixels with `smallChannels`. The encoder's layers go from large to small, the
/// decoder's from small to large; the weight is stored `[smallChannels][largeChannels][4][4]` in
/// both cases.
public enum Layer {
  E1(0, 32, 1, 32, true),
  E2(1, 16, 32, 32, true),
  E3(2, 8, 32, 64, true),
  E4(3, 4, 64, 64, true),
  D1(0, 4, 64, 64, false),
  D2(1, 8, 32, 64, false),
  D3(2, 16, 32, 32, false),
  D4(3, 32, 1, 32, false);

  private final int depth;
  private final int side;
  private final int largeChannels;
  private final int smallChannels;
  private final boolean down;

  Layer(int depth, int side, int largeChannels, int smallChannels, boolean down) {
    this.depth = depth;
    this.side = side;
    this.largeChannels = largeChannels;
    this.smallChannels = smallChannels;
    this.down = down;
  }

  /// The four convolutions of the encoder or of the decoder, in order.
  public static List<Layer> half(boolean encoder) {
    return encoder ? List.of(E1, E2, E3, E4) : List.of(D1, D2, D3, D4);
  }

  /// Place among the convolutions of its half of the net, from 0.
  public int depth() {
    return depth;
  }

  /// Side of the small grid in pixels.
  public int side() {
    return side;
  }

  /// Channels of the large grid.
  public int largeChannels() {
    return largeChannels;
  }

  /// Channels of the small grid.
  public int smallChannels() {
    return smallChannels;
  }

  /// True for a strided convolution, false for a transposed one.
  public boolean down() {
    return down;
  }

  /// The last layer gives logits; every other one ends in a ReLU.
  public boolean relu() {
    return this != D4;
  }

  /// Channels of the input, then its side.
  public int inputChannels() {
    return down ? largeChannels : smallChannels;
  }

  public int inputSide() {
    return down ? 2 * side : side;
  }

  public int outputChannels() {
    return down ? smallChannels : largeChannels;
  }

  public int outputSide() {
    return down ? side : 2 * side;
  }

  /// Floats of one input sample.
  public int inputSize() {
    return inputChannels() * inputSide() * inputSide();
  }

  /// Floats of one output sample.
  public int outputSize() {
    return outputChannels() * outputSide() * outputSide();
  }

  /// Multiplications of one sample, counting only taps inside the image: along one axis the four
  /// taps of `side` pixels lose one at each end.
  public long effectiveMacs() {
    final long taps = 4L * side - 2;
    return taps * taps * largeChannels * smallChannels;
  }
}
