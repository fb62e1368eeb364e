package io.patchbay.bench;

/// Weight and bias of one layer of the reference net, in PyTorch's layout: convolution `(out, in,
/// 4, 4)`, transposed convolution `(in, out, 4, 4)`, linear `(out, in)`.
public final class Affine {
  private final float[] weight;
  private final float[] bias;

  /// Takes both arrays over without copying them.
  public Affine(float[] weight, float[] bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /// The live array.
  public float[] weight() {
    return weight;
  }

  /// The live array.
  public float[] bias() {
    return bias;
  }
}
