package io.patchbay.analysis.circuit;

import java.util.Arrays;

/// Pairs of inputs, images one after the other in (C, H, W) order.
///
/// @param bases x
/// @param sources x', as many
public record ImagePairs(float[] bases, float[] sources) {
  public ImagePairs {
    if (bases.length != sources.length) {
      throw new IllegalArgumentException(
          "pairs: bases=" + bases.length + ", sources=" + sources.length);
    }
  }

  int count(final int imageSize) {
    return bases.length / imageSize;
  }

  /// The images on the straight line from the bases (0) to the sources (1).
  float[] between(final double share) {
    final var images = Arrays.copyOf(bases, bases.length);
    for (int i = 0; i < images.length; i++) {
      images[i] += (float) (share * (sources[i] - bases[i]));
    }
    return images;
  }

  /// The points of a path integral with `steps` steps, as shares of the way: the middle of each
  /// step, so that neither end is favoured; without steps the base alone, which makes the plain
  /// first-order effect.
  static double[] points(final int steps) {
    final var points = new double[Math.max(1, steps)];
    for (int k = 0; k < steps; k++) {
      points[k] = (k + 0.5) / steps;
    }
    return points;
  }
}
