package io.patchbay.tests.training;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import java.util.List;

/// Images of 8x8: two random patterns mixed by two factors. One row may hold a NaN.
final class TinyImages implements FactorDataset {
  private static final int SIDE = 8;
  private static final int VALUES = 6;

  private final long spoiled;

  TinyImages() {
    this(-1);
  }

  /// With a NaN in row `spoiled`.
  TinyImages(final long spoiled) {
    this.spoiled = spoiled;
  }

  @Override
  public String name() {
    return "tiny";
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(1, SIDE, SIDE);
  }

  @Override
  public List<Factor> factors() {
    return List.of(factor("a"), factor("b"));
  }

  private static Factor factor(final String name) {
    final var values = new double[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = i / (VALUES - 1.0);
    }
    return new Factor(name, values, false);
  }

  @Override
  public long size() {
    return VALUES * VALUES;
  }

  @Override
  public void image(final long row, final float[] target, final int offset) {
    final var random = new PhiloxRandom(99, Streams.FIRST_FREE, 0, 0);
    final var factors = factorsOf(row);
    final float a = (float) factors[0] / (VALUES - 1);
    final float b = (float) factors[1] / (VALUES - 1);
    for (int i = 0; i < SIDE * SIDE; i++) {
      target[offset + i] = (a * random.nextFloat() + b * random.nextFloat()) / 2;
    }
    if (row == spoiled) {
      target[offset + 5] = Float.NaN;
    }
  }

  @Override
  public int[] factorsOf(final long row) {
    return new int[] {(int) row / VALUES, (int) row % VALUES};
  }

  @Override
  public long rowOf(final int[] factorIndices) {
    return (long) factorIndices[0] * VALUES + factorIndices[1];
  }

  @Override
  public void close() {}
}
