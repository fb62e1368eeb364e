package io.patchbay.bench;

import java.util.SplittableRandom;

/// Fresh random inputs, the same for every contestant. Each pool holds at least 8 MiB of input, so
/// that runs that rotate through it do not find theirs in the second-level cache.
public final class InputPool {
  /// Samples for the whole-net workloads.
  public static final int SAMPLES = 1024;

  private static final int LAYER_FLOATS = 2 << 20;

  private final long seed;
  private final float[] latents;
  private final float[] noise;
  private final float[] images;
  private final float[] references;

  /// Draws the whole-net inputs.
  public InputPool(long seed) {
    this.seed = seed;
    this.latents = gaussian(seed, SAMPLES * Conv4Weights.LATENTS);
    this.noise = gaussian(seed + 1, SAMPLES * Conv4Weights.LATENTS);
    this.images = uniform(seed + 2, SAMPLES * Conv4Weights.PIXELS);
    this.references = uniform(seed + 3, SAMPLES * Conv4Weights.PIXELS);
  }

  /// Standard normal, `(SAMPLES, LATENTS)`.
  public float[] latents() {
    return latents;
  }

  /// Standard normal noise of the reparameterisation, `(SAMPLES, LATENTS)`.
  public float[] noise() {
    return noise;
  }

  /// Pixels in [0, 1), `(SAMPLES, 1, 64, 64)`.
  public float[] images() {
    return images;
  }

  /// Reference images of the effect, in [0, 1), `(SAMPLES, 1, 64, 64)`.
  public float[] references() {
    return references;
  }

  /// Samples in the pool of one layer: a multiple of 64 that fills 8 MiB.
  public static int layerSamples(Layer layer) {
    return Math.max(64, LAYER_FLOATS / layer.inputSize());
  }

  /// Input of one layer, `(layerSamples, C, H, W)`, drawn anew on every call but always alike.
  public float[] layerInput(Layer layer) {
    return uniform(
        seed + 4 + (layer.down() ? 0 : 4) + layer.depth(), layerSamples(layer) * layer.inputSize());
  }

  private static float[] gaussian(long seed, int count) {
    final SplittableRandom random = new SplittableRandom(seed);
    final float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] uniform(long seed, int count) {
    final SplittableRandom random = new SplittableRandom(seed);
    final float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }
}
