package io.patchbay.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The part of a graph that one program computes: from the given values to the outputs, and nothing
/// else. Giving an inner value removes all that computes it; asking only for a metric removes the
/// image it was taken from.
public final class Plan {
  private final Graph graph;
  private final Sizes capacity;
  private final List<Node> given;
  private final List<Node> outputs;
  private final List<Node> assigns;
  private final List<Node> order;
  private final Precision precision;

  private Plan(
      final Graph graph,
      final Sizes capacity,
      final List<Node> given,
      final List<Node> outputs,
      final List<Node> order,
      final Precision precision) {
    this.graph = graph;
    this.capacity = capacity;
    this.given = given;
    this.outputs = outputs;
    this.order = order;
    this.precision = precision;
    this.assigns = order.stream().filter(n -> n.op() instanceof Op.Assign).toList();
  }

  /// Plans `outputs` (assigns among them have their effect at the end of a run, after every reader
  /// of the old value) from the values in `given`, which stand in for whatever computed them.
  ///
  /// @throws IllegalArgumentException when a state is assigned twice, or an assigned value is read
  public static Plan of(
      final Graph graph, final List<Node> given, final List<Node> outputs, final Sizes capacity) {
    final var cut = new LinkedHashSet<>(given);
    final var needed = new boolean[graph.nodes().size()];
    outputs.forEach(node -> needed[node.id()] = true);
    for (int id = needed.length - 1; id >= 0; id--) {
      final var node = graph.nodes().get(id);
      if (needed[id] && !cut.contains(node)) {
        node.inputs().forEach(input -> needed[input.id()] = true);
      }
    }
    final var values = new LinkedHashSet<>(given);
    final var order = new ArrayList<Node>();
    for (final var node : graph.nodes()) {
      if (!needed[node.id()]) {
        continue;
      }
      if (node.op() instanceof Op.Input) {
        values.add(node);
      }
      if (!values.contains(node)) {
        order.add(node);
      }
      capacity.of(node.op() instanceof final Op.Count c ? c.axis() : node.shape().axis());
    }
    checkAssigns(order);
    return new Plan(
        graph,
        capacity,
        List.copyOf(values),
        List.copyOf(outputs),
        List.copyOf(order),
        Precision.FP32);
  }

  /// This plan with the operands of its products, convolutions and their gradients held in
  /// `precision`. Sums and everything else are float32; so is what an [Op.Propagate] says itself.
  public Plan in(final Precision operands) {
    return new Plan(graph, capacity, given, outputs, order, operands);
  }

  /// Plans `outputs` from the graph's own inputs.
  public static Plan of(final Graph graph, final List<Node> outputs, final Sizes capacity) {
    return of(graph, List.of(), outputs, capacity);
  }

  private static void checkAssigns(final List<Node> order) {
    final Set<Node> states = new LinkedHashSet<>();
    for (final var node : order) {
      if (node.op() instanceof Op.Assign && !states.add(node.input(0))) {
        throw new IllegalArgumentException("a state is assigned twice: " + node.input(0));
      }
      for (final var input : node.inputs()) {
        if (input.op() instanceof Op.Assign) {
          throw new IllegalArgumentException("an assigned value is read: " + node);
        }
      }
    }
  }

  public Graph graph() {
    return graph;
  }

  /// The most rows a run may have.
  public Sizes capacity() {
    return capacity;
  }

  /// The values written before a run: inputs, and inner values that cut the graph.
  public List<Node> given() {
    return given;
  }

  public List<Node> outputs() {
    return outputs;
  }

  public List<Node> assigns() {
    return assigns;
  }

  /// The nodes to compute (states and constants among them), in order.
  public List<Node> order() {
    return order;
  }

  /// Of the operands of products and convolutions.
  public Precision precision() {
    return precision;
  }
}
