package io.patchbay.tests.science;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import java.util.List;

/// Images whose pixels are drawn from 0, 1/4, 1/2, 3/4 and 1: sums of few products of them with
/// quarters have no rounding in float32.
public record QuarterImages(ImageShape shape, long size, long seed) implements FactorDataset {
  @Override
  public String name() {
    return "quarters";
  }

  @Override
  public List<Factor> factors() {
    return List.of();
  }

  @Override
  public void image(final long row, final float[] target, final int offset) {
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, row, 0);
    for (int p = 0; p < shape.elements(); p++) {
      target[offset + p] = random.nextInt(5) / 4f;
    }
  }

  /// The images of all rows, one after the other.
  float[] images() {
    final var images = new float[(int) size * shape.elements()];
    for (int row = 0; row < size; row++) {
      image(row, images, row * shape.elements());
    }
    return images;
  }

  @Override
  public int[] factorsOf(final long row) {
    return new int[0];
  }

  @Override
  public long rowOf(final int[] factorIndices) {
    throw new IllegalArgumentException("images without factors: name=" + name());
  }

  @Override
  public void close() {}
}
