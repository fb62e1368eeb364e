package io.patchbay.analysis.statistics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Eigenvalues of a small symmetric matrix with their vectors, by the rotations of [Eigenvalues].
///
/// @param values descending
/// @param vectors `[value][element]`, orthonormal
@SuppressWarnings("ArrayRecordComponent") // made here, and not shared
public record Eigenvectors(double[] values, double[][] vectors) {
  /// @param matrix square; its lower triangle is read, and it is not changed
  /// @throws IllegalArgumentException when it is not square, or an entry is not finite
  public static Eigenvectors of(final double[][] matrix) {
    final var turned = new double[matrix.length][matrix.length];
    for (int i = 0; i < turned.length; i++) {
      turned[i][i] = 1;
    }
    final double[] values = Eigenvalues.diagonal(matrix, turned);
    final int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Eigenvectors(
        Arrays.stream(order).mapToDouble(i -> values[i]).toArray(),
        Arrays.stream(order).mapToObj(i -> turned[i]).toArray(double[][]::new));
  }
}
