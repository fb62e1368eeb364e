package io.patchbay.bench.gpu;

/// How far two results are apart.
final class Apart {
  private Apart() {}

  /// The largest difference over the elements of `exact`, as a share of its largest element.
  ///
  /// @param found at least as many elements
  static double of(final float[] found, final float[] exact) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < exact.length; i++) {
      largest = Math.max(largest, Math.abs(exact[i]));
      difference = Math.max(difference, Math.abs(found[i] - exact[i]));
    }
    return difference / largest;
  }
}
