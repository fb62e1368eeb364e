package io.patchbay.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What to measure.
enum Suite {
  /// The net on one and two threads, then its layers.
  KERNELS,
  /// The layers alone.
  LAYERS;

  /// The name on the command line.
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The suite of a label.
  static Suite of(final String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(Suite::label).toList();
  }
}
