package io.patchbay.analysis.estimate;

import io.patchbay.analysis.circuit.LinearReadOut;
import io.patchbay.analysis.circuit.ReadOutGradient;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.SweepSample;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// The first-order effect of every unit of a sweep on what a probe reads: the change of the unit's
/// elements times the gradient of the read-out there (attribution patching, Nanda 2023). One
/// forward and one backward pass per input give it for all units, in all variations.
final class FirstOrder {
  private static final int TOGETHER = 32;

  private FirstOrder() {}

  /// Means over variations, `[unit][input]`, of sizes or with signs as [SweptEffects] has them.
  ///
  /// @param site that is patched
  /// @throws CancellationException when it is asked to stop
  static double[][] of(
      final Subject subject,
      final SweepSample sweep,
      final FactorProbe probe,
      final String site,
      final boolean signed,
      final EstimateStudy.Listener listener,
      final BooleanSupplier stop) {
    final int inputs = sweep.inputs();
    final int each = sweep.variations();
    final var means = new double[sweep.units().size()][inputs];
    final var y =
        new LinearReadOut(
            "factor:" + probe.factor(), "output", probe.direction(), probe.intercept());
    try (var gradient = new ReadOutGradient(subject, y, site);
        var changes = sweep.changes()) {
      for (int from = 0; from < inputs; from += TOGETHER) {
        final int to = Math.min(inputs, from + TOGETHER);
        final var gradients = gradient.of(sweep.images(IntStream.range(from, to).toArray()));
        for (int i = from; i < to; i++) {
          if (stop.getAsBoolean()) {
            throw new CancellationException();
          }
          final var products = changes.times(i, gradients, i - from);
          for (int p = 0; p < products.length; p++) {
            means[p / each][i] += (signed ? products[p] : Math.abs(products[p])) / each;
          }
          listener.gradients(i + 1L, inputs);
        }
      }
    }
    return means;
  }
}
