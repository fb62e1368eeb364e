package io.patchbay.bench.jmh;

import io.patchbay.tests.cases.Trial;
import java.util.Set;

/// A small graph that is computed by the kernels to be measured, with its values.
///
/// @param kernels the names of all steps that its program has to have
/// @param tolerance largest difference from float64 that its result may have, relative to the
///   largest element
/// @param withoutRows whether it is timed with no rows, so that only what has none is computed: the
///   packing of weights
/// @param operations floating-point operations of a timed run
/// @param bytes that a timed run has to read and write, each once
record Piece(
    Trial trial,
    Set<String> kernels,
    double tolerance,
    boolean withoutRows,
    double operations,
    double bytes) {
  private static final long FLOAT = Float.BYTES;

  Piece {
    kernels = Set.copyOf(kernels);
  }

  /// With all of its rows.
  ///
  /// @param floats that have to be read and written
  static Piece of(
      final Trial trial,
      final Set<String> kernels,
      final double tolerance,
      final double operations,
      final double floats) {
    return new Piece(trial, kernels, tolerance, false, operations, FLOAT * floats);
  }

  /// With no rows, for the packing of weights.
  ///
  /// @param tolerance of the layer that reads them
  static Piece packing(
      final Trial trial, final Set<String> kernels, final double tolerance, final double floats) {
    return new Piece(trial, kernels, tolerance, true, 0, FLOAT * floats);
  }
}
