package io.patchbay.vae.data;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;

/// Draws the batches of a training run: rows with replacement, each step's from the seed and the
/// step alone. A run that goes on at step s draws what an unbroken one would have drawn.
public final class Sampler {
  private final FactorDataset dataset;
  private final RowSet rows;
  private final long seed;

  /// @param rows the rows to draw from, such as [Split#train]
  public Sampler(FactorDataset dataset, RowSet rows, long seed) {
    if (rows.size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("too many rows to draw from: size=" + rows.size());
    }
    this.dataset = dataset;
    this.rows = rows;
    this.seed = seed;
  }

  /// Draws the rows of one batch.
  ///
  /// @param step training step, from 0
  /// @param which 0 for a step's first batch, 1 for its second (FactorVAE needs two), ...
  /// @param target filled with rows of the data set
  public void rows(long step, int which, long[] target) {
    final PhiloxRandom random = new PhiloxRandom(seed, Streams.BATCH, which, Math.toIntExact(step));
    final int size = (int) rows.size();
    for (int i = 0; i < target.length; i++) {
      target[i] = rows.row(random.nextInt(size));
    }
  }

  /// Draws a batch and reads its images, (N, C, H, W) from `target[0]`.
  ///
  /// @param batch filled with the rows drawn; its length is N
  public void images(long step, int which, long[] batch, float[] target) {
    rows(step, which, batch);
    read(dataset, batch, batch.length, target);
  }

  /// Reads the images of the first `count` rows, (N, C, H, W) from `target[0]`.
  public static void read(FactorDataset dataset, long[] rows, int count, float[] target) {
    final int elements = dataset.shape().elements();
    for (int i = 0; i < count; i++) {
      dataset.image(rows[i], target, Math.multiplyExact(i, elements));
    }
  }
}
