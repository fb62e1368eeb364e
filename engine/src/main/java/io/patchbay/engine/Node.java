package io.patchbay.engine;

import java.util.List;
import java.util.stream.Collectors;

/// One value of a graph: what makes it, from what, and its shape. Its id is its place in the list.
public final class Node {
  private final Graph graph;
  private final int id;
  private final Op op;
  private final List<Node> inputs;
  private final Shape shape;

  Node(final Graph graph, final int id, final Op op, final List<Node> inputs, final Shape shape) {
    this.graph = graph;
    this.id = id;
    this.op = op;
    this.inputs = inputs;
    this.shape = shape;
  }

  public Graph graph() {
    return graph;
  }

  public int id() {
    return id;
  }

  public Op op() {
    return op;
  }

  public List<Node> inputs() {
    return inputs;
  }

  public Node input(final int index) {
    return inputs.get(index);
  }

  public Shape shape() {
    return shape;
  }

  @Override
  public String toString() {
    final var from =
        inputs.stream().map(n -> "%" + n.id).collect(Collectors.joining(", ", "[", "]"));
    return "%" + id + " = " + op + from + " " + shape;
  }
}
