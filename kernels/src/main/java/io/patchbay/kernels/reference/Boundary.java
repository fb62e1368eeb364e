package io.patchbay.kernels.reference;

import java.util.Arrays;

/// Conversions between the float64 inside and the float32 and integers outside.
final class Boundary {
  private Boundary() {}

  static double[] doubles(final float[] values) {
    final var result = new double[values.length];
    Arrays.setAll(result, i -> values[i]);
    return result;
  }

  static double[] doubles(final int[] values) {
    return Arrays.stream(values).asDoubleStream().toArray();
  }

  static float[] floats(final double[] values) {
    final var result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  /// The leading elements of a value.
  static double[] part(final Value value, final int elements) {
    return Arrays.copyOfRange(value.data(), value.at(), value.at() + elements);
  }
}
