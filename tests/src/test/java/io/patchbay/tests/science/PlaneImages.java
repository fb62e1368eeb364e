package io.patchbay.tests.science;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import java.util.List;

/// Images that are affine in two factors: some pixels, drawn at random, have the one's value, the
/// rest the other's. What is affine in the image is affine in the factors. A third factor changes
/// nothing. All pixels are quarters, see [QuarterImages].
record PlaneImages(ImageShape shape, long seed) implements FactorDataset {
  static final int LEFT = 5;
  static final int RIGHT = 4;
  static final double STEPS = 4;

  private static final int ROUND = 41;

  @Override
  public String name() {
    return "plane";
  }

  @Override
  public List<Factor> factors() {
    return List.of(
        new Factor("left", steps(LEFT), false),
        new Factor("right", steps(RIGHT), false),
        new Factor("round", steps(ROUND), true));
  }

  private static double[] steps(final int count) {
    final var values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = i / STEPS;
    }
    return values;
  }

  @Override
  public long size() {
    return (long) LEFT * RIGHT * ROUND;
  }

  @Override
  public void image(final long row, final float[] target, final int offset) {
    final var at = factorsOf(row);
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, 0, 2);
    for (int p = 0; p < shape.elements(); p++) {
      target[offset + p] = (float) (at[random.nextInt(2)] / STEPS);
    }
  }

  @Override
  public int[] factorsOf(final long row) {
    final int at = (int) row;
    return new int[] {at / ROUND / RIGHT, at / ROUND % RIGHT, at % ROUND};
  }

  @Override
  public long rowOf(final int[] factorIndices) {
    return ((long) factorIndices[0] * RIGHT + factorIndices[1]) * ROUND + factorIndices[2];
  }

  @Override
  public void close() {}
}
