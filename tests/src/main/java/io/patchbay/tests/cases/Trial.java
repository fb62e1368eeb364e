package io.patchbay.tests.cases;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A case with its values: all of them are float32 numbers, so that a backend in float32 and one in
/// float64 start from the same.
///
/// @param differentiable the inputs that gradients are taken of
public record Trial(
    Graph graph,
    Sizes sizes,
    Map<Node, float[]> floats,
    Map<Node, int[]> integers,
    Map<String, float[]> states,
    List<Node> outputs,
    List<Node> differentiable) {

  public Plan plan() {
    return Plan.of(graph, outputs, sizes);
  }

  /// The case's states on `backend`.
  public Weights weights(final Backend backend) {
    final var weights = backend.weights(List.copyOf(graph.states().values()));
    states.forEach(weights::write);
    return weights;
  }

  public void write(final Program program) {
    floats.forEach(program::write);
    integers.forEach(program::write);
  }

  /// Runs once on a backend.
  ///
  /// @return the outputs in their order, then the states in theirs
  public Map<String, float[]> run(final Backend backend, final Backend.Mode mode) {
    final var results = new LinkedHashMap<String, float[]>();
    try (var weights = weights(backend);
        var program = backend.load(plan(), weights, mode)) {
      write(program);
      program.run(sizes);
      for (final var output : outputs) {
        results.put(output.toString(), program.read(output));
      }
      for (final var name : graph.states().keySet()) {
        results.put("state " + name, weights.read(name));
      }
    }
    return results;
  }

  /// The same computation with other outputs.
  public Trial withOutputs(final List<Node> others) {
    return new Trial(
        graph, sizes, floats, integers, states, new ArrayList<>(others), differentiable);
  }
}
