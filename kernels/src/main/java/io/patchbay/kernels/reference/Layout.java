package io.patchbay.kernels.reference;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Slab;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where every value of a plan lies. Given values and outputs live as long as the program, others
/// from the step that makes them to the last one that reads them; states lie in the weights.
final class Layout {
  private final Map<Node, Value> values = new LinkedHashMap<>();
  private final Map<Node, Value> outputs = new HashMap<>();
  private final double[] slab;

  /// @throws IllegalArgumentException when a state is missing in `weights`
  Layout(final Plan plan, final ReferenceWeights weights, final HostAccount account) {
    final var order = plan.order();
    final int end = order.size();
    final var last = lastReaders(plan);
    final var packing = new Slab();
    final var offsets = new LinkedHashMap<Node, Long>();
    final var states = new LinkedHashMap<Node, Long>();
    plan.given().forEach(node -> offsets.put(node, place(packing, plan, node, 0, end)));
    for (int i = 0; i < end; i++) {
      final var node = order.get(i);
      switch (node.op()) {
        case final Op.State state -> values.put(node, stateValue(node, state, weights));
        case final Op.Assign _ -> {}
        default -> offsets.put(node, place(packing, plan, node, i, last.getOrDefault(node, i)));
      }
    }
    // An output that is a state is a reader of the old value: it has its own copy.
    for (final var node : plan.outputs()) {
      if (values.containsKey(node) && !states.containsKey(node)) {
        states.put(node, place(packing, plan, node, 0, end));
      }
    }
    slab = account.allocate("program", packing.size() / HostAccount.ELEMENT);
    offsets.forEach((node, offset) -> values.put(node, valueAt(node, offset)));
    states.forEach((node, offset) -> outputs.put(node, valueAt(node, offset)));
    for (final var node : plan.assigns()) {
      if (plan.given().contains(node.input(0))) {
        throw new IllegalArgumentException("an assigned state is given: node=" + node);
      }
      values.put(node, value(node.input(0)));
    }
    plan.outputs().forEach(node -> outputs.computeIfAbsent(node, this::value));
  }

  private static Map<Node, Integer> lastReaders(final Plan plan) {
    final var last = new HashMap<Node, Integer>();
    final var order = plan.order();
    for (int i = 0; i < order.size(); i++) {
      final int at = order.get(i).op() instanceof Op.Assign ? order.size() : i;
      order.get(i).inputs().forEach(input -> last.merge(input, at, Math::max));
    }
    plan.outputs().forEach(node -> last.put(node, order.size()));
    return last;
  }

  private static long place(
      final Slab packing, final Plan plan, final Node node, final int first, final int end) {
    return packing.place(plan.capacity().elements(node.shape()) * HostAccount.ELEMENT, first, end);
  }

  private Value valueAt(final Node node, final long offset) {
    return new Value(node.shape(), slab, (int) (offset / HostAccount.ELEMENT));
  }

  private static Value stateValue(
      final Node node, final Op.State state, final ReferenceWeights weights) {
    final var value = weights.value(state.name());
    if (!value.shape().equals(node.shape())) {
      throw new IllegalArgumentException(
          "a state of another shape: node=" + node + ", weights=" + value.shape());
    }
    return value;
  }

  Value value(final Node node) {
    final var value = values.get(node);
    if (value == null) {
      throw new IllegalArgumentException("not a value of this plan: node=" + node);
    }
    return value;
  }

  List<Value> inputs(final Node node) {
    return node.inputs().stream().map(this::value).toList();
  }

  /// Where an output is read after a run.
  Value output(final Node node) {
    final var value = outputs.get(node);
    if (value == null) {
      throw new IllegalArgumentException("not an output of this plan: node=" + node);
    }
    return value;
  }

  double[] slab() {
    return slab;
  }
}
