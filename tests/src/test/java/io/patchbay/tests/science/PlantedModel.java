package io.patchbay.tests.science;

import io.patchbay.analysis.circuit.CircuitNetwork;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Shape;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A model whose weights are zero but for edges that were put there by hand, and biases that keep
/// its units open.
final class PlantedModel {
  private final Vae vae;
  private final Map<String, Shape> shapes;
  private final Map<String, float[]> values = new LinkedHashMap<>();

  /// An edge between units of two layers that follow each other.
  record Edge(int layer, int producer, int consumer) {}

  PlantedModel(final Vae vae) {
    this.vae = vae;
    shapes = vae.parameters();
    shapes.forEach((name, shape) -> values.put(name, new float[shape.rowSize()]));
  }

  /// The values of a parameter, to change.
  float[] of(final String name) {
    final var found = values.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no such parameter: name=" + name);
    }
    return found;
  }

  void bias(final String layer, final float value) {
    Arrays.fill(of(layer + ".bias"), value);
  }

  /// Fills the block of a weight from one unit to another. Each unit has `wide` (of the consumer)
  /// and `deep` (of the producer) elements one after the other: more than one where a flat value
  /// stands for an image.
  void dense(
      final String layer,
      final int producer,
      final int deep,
      final int consumer,
      final int wide,
      final double value) {
    final var shape = Objects.requireNonNull(shapes.get(layer + ".weight"));
    final var weight = of(layer + ".weight");
    for (int v = consumer * wide; v < (consumer + 1) * wide; v++) {
      for (int u = producer * deep; u < (producer + 1) * deep; u++) {
        weight[v * shape.dim(1) + u] = (float) value;
      }
    }
  }

  /// Fills the kernel at two places of a weight (first, second, kh, kw).
  void kernel(final String layer, final int first, final int second, final double value) {
    final var shape = Objects.requireNonNull(shapes.get(layer + ".weight"));
    final int taps = shape.dim(2) * shape.dim(3);
    final int at = (first * shape.dim(1) + second) * taps;
    Arrays.fill(of(layer + ".weight"), at, at + taps, (float) value);
  }

  /// Adds uniform noise to every weight of a part: between -share and share of the largest absolute
  /// value of the weight.
  void noise(final String part, final double share, final long seed) {
    int index = 0;
    for (final var entry : values.entrySet()) {
      index++;
      if (!entry.getKey().startsWith(part + ".") || !entry.getKey().endsWith(".weight")) {
        continue;
      }
      final var weight = entry.getValue();
      float most = 0;
      for (final float w : weight) {
        most = Math.max(most, Math.abs(w));
      }
      final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, index, 5);
      for (int i = 0; i < weight.length; i++) {
        weight[i] += (float) (share * most * (2.0 * random.nextFloat() - 1));
      }
    }
  }

  Subject on(final Backend backend) {
    final var states = VaeGraph.analysis(vae, new Axis("rows")).graph().states().values();
    final var weights = backend.weights(new ArrayList<>(states));
    values.forEach(weights::write);
    return new Subject(backend, vae, weights);
  }

  static BitSet numbers(final CircuitNetwork network, final List<Edge> edges) {
    final var numbers = new BitSet();
    edges.forEach(e -> numbers.set(network.edge(e.layer(), e.producer(), e.consumer())));
    return numbers;
  }
}
