package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Codes and factor classes of the same inputs.
///
/// @param codes `[sample][code]`
/// @param factors `[sample][factor]`, any integers
public record Samples(Matrix codes, int[][] factors) {
  public Samples {
    if (codes.rows() != factors.length || factors.length == 0) {
      throw new IllegalArgumentException(
          "codes and factors: samples=" + codes.rows() + ", factors of=" + factors.length);
    }
    for (final int[] row : factors) {
      if (row.length != factors[0].length) {
        throw new IllegalArgumentException(
            "ragged factor table: factors=" + row.length + ", expected=" + factors[0].length);
      }
    }
  }

  /// Some of the samples, in the order given.
  Samples select(final int[] rows) {
    return new Samples(
        codes.select(rows), Arrays.stream(rows).mapToObj(i -> factors[i]).toArray(int[][]::new));
  }

  /// Number of factors.
  public int factorCount() {
    return factors[0].length;
  }

  /// The classes of a factor that occur, ascending.
  int[] classes(final int factor) {
    return Arrays.stream(factors).mapToInt(row -> row[factor]).distinct().sorted().toArray();
  }

  /// The place of each sample's class among `classes`, -1 where it is none of them.
  int[] labels(final int factor, final int[] classes) {
    return Arrays.stream(factors)
        .mapToInt(row -> Math.max(-1, Arrays.binarySearch(classes, row[factor])))
        .toArray();
  }

  /// The factors of more than one class.
  public int[] varying() {
    return IntStream.range(0, factorCount()).filter(k -> classes(k).length > 1).toArray();
  }

  /// @throws IllegalArgumentException when `test` has other codes or factors than this
  void requireAlike(final Samples test) {
    if (test.codes.columns() != codes.columns() || test.factorCount() != factorCount()) {
      throw new IllegalArgumentException(
          "training and test samples differ: codes="
              + codes.columns()
              + " and "
              + test.codes.columns()
              + ", factors="
              + factorCount()
              + " and "
              + test.factorCount());
    }
  }

  /// @throws IllegalArgumentException when there are fewer codes or factors of several classes
  int[] requireVarying(final String score, final int leastCodes, final int leastFactors) {
    final int[] varying = varying();
    if (codes.columns() < leastCodes || varying.length < leastFactors) {
      throw new IllegalArgumentException(
          score
              + ": codes="
              + codes.columns()
              + ", least="
              + leastCodes
              + ", factors="
              + varying.length
              + ", least="
              + leastFactors);
    }
    return varying;
  }
}
