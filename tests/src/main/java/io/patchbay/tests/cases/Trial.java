package io.patchbay.tests.cases;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A case with its values: all of them are float32 numbers, so that a backend in float32 and one in
/// float64 start from the same.
///
/// @param differentiable the inputs that gradients are taken of
/// @param precision of the plan
public record Trial(
    Graph graph,
    Sizes sizes,
    Map<Node, float[]> floats,
    Map<Node, int[]> integers,
    Map<String, float[]> states,
    List<Node> outputs,
    List<Node> differentiable,
    Precision precision) {

  public Plan plan() {
    return Plan.of(graph, outputs, sizes).in(precision);
  }

  /// The case's states on `backend`.
  public Weights weights(final Backend backend) {
    final var weights = backend.weights(List.copyOf(graph.states().values()));
    states.forEach(weights::write);
    return weights;
  }

  /// Writes the states that the case starts from.
  public void reset(final Weights weights) {
    for (final var name : weights.names()) {
      final var start = states.get(name);
      weights.write(name, start == null ? new float[weights.shape(name).rowSize()] : start);
    }
  }

  public void write(final Program program) {
    floats.forEach(program::write);
    integers.forEach(program::write);
  }

  /// The outputs that are values: an assign is read as its state.
  public List<Node> values() {
    return outputs.stream().filter(node -> !(node.op() instanceof Op.Assign)).toList();
  }

  /// Row `row` of every input with rows, alone.
  public Trial row(final int row) {
    final var alone = new LinkedHashMap<Node, float[]>();
    floats.forEach((node, v) -> alone.put(node, isRowwise(node) ? part(node, v, row) : v));
    final var numbers = new LinkedHashMap<Node, int[]>();
    integers.forEach((node, v) -> numbers.put(node, isRowwise(node) ? part(node, v, row) : v));
    final var one = sizes.and(Draft.ROWS, 1);
    return new Trial(graph, one, alone, numbers, states, outputs, differentiable, precision);
  }

  /// No rows of anything but the table.
  public Trial without() {
    final var floatRows = new LinkedHashMap<Node, float[]>();
    floats.forEach((node, v) -> floatRows.put(node, hasRows(node) ? new float[0] : v));
    final var integerRows = new LinkedHashMap<Node, int[]>();
    integers.forEach((node, v) -> integerRows.put(node, hasRows(node) ? new int[0] : v));
    final var none = sizes.and(Draft.ROWS, 0).and(Draft.RANGES, 0);
    return new Trial(
        graph, none, floatRows, integerRows, states, outputs, differentiable, precision);
  }

  private static boolean hasRows(final Node node) {
    return isRowwise(node) || Draft.RANGES.equals(node.shape().axis());
  }

  private static boolean isRowwise(final Node node) {
    return Draft.ROWS.equals(node.shape().axis());
  }

  private static float[] part(final Node node, final float[] values, final int row) {
    final int size = node.shape().rowSize();
    return Arrays.copyOfRange(values, row * size, (row + 1) * size);
  }

  private static int[] part(final Node node, final int[] values, final int row) {
    final int size = node.shape().rowSize();
    return Arrays.copyOfRange(values, row * size, (row + 1) * size);
  }
}
