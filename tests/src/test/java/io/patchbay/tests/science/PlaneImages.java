package io.patchbay.tests.science;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import java.util.List;

/// Images that are affine in two factors: `left` times one random picture plus `right` times
/// another. What is affine in the image is affine in the factors.
record PlaneImages(ImageShape shape, long seed) implements FactorDataset {
  static final int LEFT = 31;
  static final int RIGHT = 29;

  @Override
  public String name() {
    return "plane";
  }

  @Override
  public List<Factor> factors() {
    return List.of(
        new Factor("left", steps(LEFT), false),
        new Factor("right", steps(RIGHT), false),
        new Factor("round", new double[] {0}, true));
  }

  private static double[] steps(final int count) {
    final var values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = i / 64.0;
    }
    return values;
  }

  @Override
  public long size() {
    return (long) LEFT * RIGHT;
  }

  @Override
  public void image(final long row, final float[] target, final int offset) {
    final var at = factorsOf(row);
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, 0, 2);
    for (int p = 0; p < shape.elements(); p++) {
      final float first = random.nextInt(5) / 4f;
      final float second = random.nextInt(5) / 4f;
      target[offset + p] = at[0] / 64f * first + at[1] / 64f * second;
    }
  }

  @Override
  public int[] factorsOf(final long row) {
    return new int[] {(int) row / RIGHT, (int) row % RIGHT, 0};
  }

  @Override
  public long rowOf(final int[] factorIndices) {
    return (long) factorIndices[0] * RIGHT + factorIndices[1];
  }

  @Override
  public void close() {}
}
