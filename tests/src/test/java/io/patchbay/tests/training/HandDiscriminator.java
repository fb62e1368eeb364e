package io.patchbay.tests.training;

import java.util.Map;
import java.util.Objects;

/// A discriminator of two hidden layers in float64.
final class HandDiscriminator {
  private HandDiscriminator() {}

  /// Logit of "as it is" minus logit of "permuted".
  static double evidence(final Map<String, double[]> values, final double[] z, final double slope) {
    double[] x = z;
    for (int k = 1; k <= 3; k++) {
      final var w = Objects.requireNonNull(values.get("discriminator.fc" + k + ".weight"));
      final var y = Objects.requireNonNull(values.get("discriminator.fc" + k + ".bias")).clone();
      for (int o = 0; o < y.length; o++) {
        for (int i = 0; i < x.length; i++) {
          y[o] += w[o * x.length + i] * x[i];
        }
        y[o] = k < 3 && y[o] < 0 ? slope * y[o] : y[o];
      }
      x = y;
    }
    return x[0] - x[1];
  }
}
