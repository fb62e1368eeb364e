package io.patchbay.analysis.reproduction;

import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import java.util.List;

/// Images of 8x8: one factor places a row that is bright, the other a column.
final class TwoBars implements FactorDataset {
  private static final int SIDE = 8;

  @Override
  public String name() {
    return "bars";
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(1, SIDE, SIDE);
  }

  @Override
  public List<Factor> factors() {
    return List.of(
        new Factor("row", new double[] {0, 1, 2, 3, 4, 5, 6, 7}, false),
        new Factor("column", new double[] {0, 1, 2, 3, 4, 5, 6, 7}, false));
  }

  @Override
  public long size() {
    return SIDE * SIDE;
  }

  @Override
  public void image(final long row, final float[] target, final int offset) {
    for (int i = 0; i < SIDE * SIDE; i++) {
      final boolean bright = i / SIDE == row / SIDE || i % SIDE == row % SIDE;
      target[offset + i] = bright ? 1 : 0;
    }
  }

  @Override
  public int[] factorsOf(final long row) {
    return new int[] {(int) row / SIDE, (int) row % SIDE};
  }

  @Override
  public long rowOf(final int[] factorIndices) {
    return (long) factorIndices[0] * SIDE + factorIndices[1];
  }

  @Override
  public void close() {}
}
