package io.patchbay.analysis.semantics;

import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;

/// A seeded linear map of many elements to few features: each element is added, with a random sign,
/// to one feature drawn at random (the count sketch of Charikar, Chen and Farach-Colton 2002, as
/// used for features by Weinberger et al. 2009). Products of rows are kept in expectation, with a
/// standard error of about 1 / sqrt(features) of the rows' lengths, so a ridge regression on the
/// features sees nearly what it would on the elements. Where there are no more elements than
/// features, each is a feature itself.
public final class HashedFeatures {
  private final int elements;
  private final int features;
  private final int[] places;
  private final double[] signs;

  /// @param features most features of a row
  public HashedFeatures(int elements, int features, long seed) {
    if (elements < 1 || features < 1) {
      throw new IllegalArgumentException(
          "hashed features: elements=" + elements + ", features=" + features);
    }
    this.elements = elements;
    this.features = Math.min(elements, features);
    this.places = new int[elements];
    this.signs = new double[elements];
    PhiloxRandom random = new PhiloxRandom(seed, Streams.METRIC, 2, 0);
    for (int e = 0; e < elements; e++) {
      boolean own = elements <= features;
      places[e] = own ? e : random.nextInt(features);
      signs[e] = own || random.nextBoolean() ? 1 : -1;
    }
  }

  /// Features of a row.
  public int features() {
    return features;
  }

  /// Whether elements share features.
  public boolean hashes() {
    return features < elements;
  }

  /// Puts the features of whole rows, one after the other, into the rows of `target` from `first`
  /// on.
  public void put(float[] rows, double[][] target, int first) {
    for (int r = 0; r < rows.length / elements; r++) {
      double[] row = target[first + r];
      Arrays.fill(row, 0);
      for (int e = 0; e < elements; e++) {
        row[places[e]] += signs[e] * rows[r * elements + e];
      }
    }
  }

  /// The features of whole rows, one after the other.
  public Matrix of(float[] rows) {
    double[][] result = new double[rows.length / elements][features];
    put(rows, result, 0);
    return Matrix.ofRows(result);
  }
}
