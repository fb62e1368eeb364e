package io.patchbay.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// All parameters of the reference net at 10 latents and one channel, handed alike to every
/// contestant.
///
/// @param encoder four convolutions, linear 1024 to 256, linear 256 to 20 (means, then
///   log-variances); the 1024 inputs are in (channel, row, column) order
/// @param decoder linear 10 to 256, linear 256 to 1024, four transposed convolutions
public record Conv4Weights(List<Affine> encoder, List<Affine> decoder) {
  /// Latents.
  public static final int LATENTS = 10;

  /// Width of the hidden linear layer.
  public static final int HIDDEN = 256;

  /// Floats at the flattened 4 x 4 x 64 grid.
  public static final int FLAT = 1024;

  /// Floats of an image of 64 x 64 grey pixels.
  public static final int PIXELS = 4096;

  public Conv4Weights {
    encoder = List.copyOf(encoder);
    decoder = List.copyOf(decoder);
    if (encoder.size() != 6 || decoder.size() != 6) {
      throw new IllegalArgumentException(
          "layers: encoder=" + encoder.size() + ", decoder=" + decoder.size() + ", expected=6");
    }
  }

  /// He-initialised weights and small random biases.
  public static Conv4Weights random(long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final List<Affine> encoder = new ArrayList<>();
    final List<Affine> decoder = new ArrayList<>();
    for (final Layer layer : Layer.values()) {
      final int taps = layer.down() ? 16 : 4;
      final Affine affine =
          affine(
              random,
              16 * layer.largeChannels() * layer.smallChannels(),
              layer.outputChannels(),
              taps * layer.inputChannels());
      (layer.down() ? encoder : decoder).add(affine);
    }
    encoder.add(affine(random, FLAT * HIDDEN, HIDDEN, FLAT));
    encoder.add(affine(random, HIDDEN * 2 * LATENTS, 2 * LATENTS, 4 * HIDDEN));
    decoder.add(0, affine(random, LATENTS * HIDDEN, HIDDEN, LATENTS));
    decoder.add(1, affine(random, HIDDEN * FLAT, FLAT, HIDDEN));
    return new Conv4Weights(encoder, decoder);
  }

  /// The weights of one convolution layer.
  public Affine of(Layer layer) {
    return layer.down() ? encoder.get(layer.depth()) : decoder.get(layer.depth() + 2);
  }

  private static Affine affine(SplittableRandom random, int size, int outputs, int fanIn) {
    final float scale = (float) Math.sqrt(2.0 / fanIn);
    final float[] weight = new float[size];
    for (int i = 0; i < size; i++) {
      weight[i] = (float) random.nextGaussian() * scale;
    }
    final float[] bias = new float[outputs];
    for (int i = 0; i < outputs; i++) {
      bias[i] = (float) random.nextGaussian() * 0.05f;
    }
    return new Affine(weight, bias);
  }
}
