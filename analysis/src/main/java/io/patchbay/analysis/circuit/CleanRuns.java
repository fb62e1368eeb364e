package io.patchbay.analysis.circuit;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Runs of a model without interventions, and some of their values.
final class CleanRuns {
  private static final int BATCH = 64;

  private final Map<Node, float[]> values;

  private CleanRuns(final Map<Node, float[]> values) {
    this.values = values;
  }

  /// Weights of a model and a read-out for the states of a graph.
  static Weights weights(
      final Subject subject, final Iterable<Node> states, final LinearReadOut readOut) {
    final var nodes = new ArrayList<Node>();
    states.forEach(nodes::add);
    final var weights = subject.backend().weights(nodes);
    for (final var name : weights.names()) {
      if (!LinearReadOut.owns(name)) {
        weights.write(name, subject.weights().read(name));
      }
    }
    readOut.write(weights);
    return weights;
  }

  /// @param images inputs, (C, H, W) one after the other
  /// @param nodes the values to keep
  static CleanRuns of(
      final Subject subject,
      final Weights weights,
      final VaeGraph model,
      final float[] images,
      final List<Node> nodes) {
    final int size = model.image().shape().rowSize();
    final int rows = images.length / size;
    final var values = new LinkedHashMap<Node, float[]>();
    nodes.forEach(node -> values.put(node, new float[rows * node.shape().rowSize()]));
    final int batch = Math.min(BATCH, rows);
    final var kept = List.copyOf(values.keySet());
    try (var loaded =
        BatchProgram.load(
            subject.backend(),
            weights,
            batch,
            most -> Plan.of(model.graph(), kept, Sizes.of(model.axis(), most)))) {
      final var program = loaded.program();
      for (int from = 0; from < rows; from += loaded.rows()) {
        final int count = Math.min(loaded.rows(), rows - from);
        program.write(model.image(), images, from, 0, count);
        program.run(Sizes.of(model.axis(), count));
        for (final var entry : values.entrySet()) {
          program.read(entry.getKey(), entry.getValue(), from * entry.getKey().shape().rowSize());
        }
      }
    }
    return new CleanRuns(values);
  }

  /// A value in every run.
  float[] of(final Node node) {
    return Objects.requireNonNull(values.get(node));
  }

  /// One number per run.
  double[] numbers(final Node node) {
    return doubles(of(node));
  }

  static double[] doubles(final float[] values) {
    final var result = new double[values.length];
    Arrays.setAll(result, i -> values[i]);
    return result;
  }

  /// A value in the given runs.
  float[] of(final Node node, final int[] runs) {
    final var all = of(node);
    final int size = node.shape().rowSize();
    final var chosen = new float[runs.length * size];
    for (int i = 0; i < runs.length; i++) {
      System.arraycopy(all, runs[i] * size, chosen, i * size, size);
    }
    return chosen;
  }
}
