package io.patchbay.vae.train;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Node;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Weights;
import io.patchbay.vae.objective.TrainingGraph;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Every state of a training run on its backend, copied in and out as a whole.
final class TrainState implements AutoCloseable {
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Weights weights;

  TrainState(final Backend backend, final TrainingGraph graph) {
    final Map<String, Node> states = graph.model().graph().states();
    states.forEach((name, node) -> shapes.put(name, node.shape()));
    weights = backend.weights(new ArrayList<>(states.values()));
  }

  Map<String, Shape> shapes() {
    return Collections.unmodifiableMap(shapes);
  }

  Weights weights() {
    return weights;
  }

  Map<String, float[]> read() {
    final var values = new LinkedHashMap<String, float[]>();
    shapes.keySet().forEach(name -> values.put(name, weights.read(name)));
    return values;
  }

  /// Writes the named values; the others are zeroed.
  void write(final Map<String, float[]> values) {
    shapes.forEach((name, shape) -> {
      final var given = values.get(name);
      weights.write(name, given == null ? new float[shape.rowSize()] : given);
    });
  }

  /// Rounds every state to what a checkpoint can hold, float32: done after each step, it makes a
  /// resumed run equal to one that was not stopped.
  void round() {
    if (!weights.holdsFloats()) {
      shapes.keySet().forEach(name -> weights.write(name, weights.read(name)));
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
