package io.patchbay.vae.data;

import java.util.List;

/// Images, and for each the generative factors behind it. Reads are safe from several threads at
/// once. A data set whose factors are unknown (a folder of photographs) has an empty factor list.
public interface FactorDataset extends AutoCloseable {
  /// Short name, as the catalogue and the reports show it.
  String name();

  /// Shape of every image.
  ImageShape shape();

  /// The factors, slowest first. Where there are any, the data set is their full row-major grid.
  List<Factor> factors();

  /// Number of images.
  long size();

  /// Writes image `row` as (C, H, W) values in [0, 1] to `target[offset ...]`.
  ///
  /// @throws IllegalArgumentException if the row or the target's room is out of range
  void image(long row, float[] target, int offset);

  /// The factor indices of a row: empty where the data set has no factors.
  int[] factorsOf(long row);

  /// The row of the given factor indices, one per factor.
  ///
  /// @throws IllegalArgumentException on a wrong index, or where the data set has no factors
  long rowOf(int[] factorIndices);

  @Override
  void close();
}
