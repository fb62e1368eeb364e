package io.patchbay.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What to measure.
enum Suite {
  /// The net on one and two threads, then its layers.
  KERNELS,
  /// The layers alone.
  LAYERS,
  /// Sweeps of interventions beside their naive form.
  SWEEPS,
  /// How far effects are from float64, in every precision.
  ERRORS;

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

  /// The names of the rows it may have.
  List<String> rows() {
    return switch (this) {
      case KERNELS -> Workload.labels();
      case LAYERS ->
          Arrays.stream(Workload.values())
              .filter(workload -> workload.layer().isPresent())
              .map(Workload::label)
              .toList();
      case SWEEPS -> SweepWorkload.labels();
      case ERRORS -> EffectErrors.labels();
    };
  }

  /// Whether its clocks and peers are those of the CPU's threads, so that no other device can be
  /// timed by it.
  boolean timesTheCpu() {
    return this == KERNELS || this == LAYERS;
  }

  /// How much longer a side is timed than a kernel is.
  int windows() {
    return this == SWEEPS ? 2 : 1;
  }
}
