package io.patchbay.analysis.estimate;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;

/// Finite populations of made-up effects.
enum Populations {
  /// Between 0 and 1.
  UNIFORM,
  /// Skewed.
  EXPONENTIAL,
  /// More skewed: the exponential of a normal.
  LOG_NORMAL,
  /// Nine of ten have no effect, the others exponential ones.
  MANY_ZEROS,
  /// Two values, of either sign.
  SIGNS;

  double[] draw(final int size, final long seed) {
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, 0, 0);
    final var values = new double[size];
    Arrays.setAll(values, _ -> one(random));
    return values;
  }

  private double one(final PhiloxRandom random) {
    return switch (this) {
      case UNIFORM -> random.nextDouble();
      case EXPONENTIAL -> -Math.log1p(-random.nextDouble());
      case LOG_NORMAL -> Math.exp(normal(random));
      case MANY_ZEROS -> random.nextDouble() < 0.9 ? 0 : -Math.log1p(-random.nextDouble());
      case SIGNS -> random.nextDouble() < 0.4 ? -1 : 1;
    };
  }

  static double normal(final PhiloxRandom random) {
    return Math.sqrt(-2 * Math.log1p(-random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }

  static double mean(final double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
