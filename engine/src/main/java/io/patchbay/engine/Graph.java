package io.patchbay.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A computation as an append-only list of nodes: already sorted, printable, replayed with other
/// values. Shapes are checked when a node is appended, on its author's line.
public final class Graph {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Node> sites = new LinkedHashMap<>();
  private final Map<String, Node> states = new LinkedHashMap<>();

  /// Appends a node.
  ///
  /// @throws IllegalArgumentException when the op does not take values of these shapes
  public Node append(final Op op, final Node... inputs) {
    return append(op, Shapes.of(op, List.of(inputs)), inputs);
  }

  /// A value given at each run.
  public Node input(final String name, final Shape shape) {
    return append(new Op.Input(name), shape);
  }

  /// A value that outlives runs; the same name always gives the same node.
  public Node state(final String name, final Shape shape) {
    if (shape.isBatched()) {
      throw new IllegalArgumentException("a state has no batch axis: name=" + name + ", " + shape);
    }
    final var known = states.get(name);
    if (known != null) {
      if (!known.shape().equals(shape)) {
        throw new IllegalArgumentException(
            "a state has one shape: name=" + name + ", had=" + known.shape() + ", got=" + shape);
      }
      return known;
    }
    final var node = append(new Op.State(name), shape);
    states.put(name, node);
    return node;
  }

  /// Names a place of the computation where interventions may happen, and returns its value.
  public Node site(final String name, final Node value) {
    if (sites.putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException("a site has one value: name=" + name);
    }
    return value;
  }

  /// The named places, in the order of the computation.
  public Map<String, Node> sites() {
    return Collections.unmodifiableMap(sites);
  }

  /// The states by name, in the order they were first used.
  public Map<String, Node> states() {
    return Collections.unmodifiableMap(states);
  }

  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /// The site whose value is `node`, or the nearest one that it was computed from, for messages.
  public @Nullable String siteOf(final Node node) {
    final var before = new boolean[node.id() + 1];
    before[node.id()] = true;
    for (int id = node.id(); id >= 0; id--) {
      if (before[id]) {
        nodes.get(id).inputs().forEach(input -> before[input.id()] = true);
      }
    }
    String best = null;
    int bestId = -1;
    for (final var entry : sites.entrySet()) {
      final int id = entry.getValue().id();
      if (id <= node.id() && before[id] && id > bestId) {
        best = entry.getKey();
        bestId = id;
      }
    }
    return best;
  }

  /// This computation with the value of some sites replaced: the list is emitted again, and where a
  /// site of `edits` is reached its edit makes the value that everything downstream reads. The site
  /// of the new graph is the edited value.
  public Graph patched(final Map<String, UnaryOperator<Node>> edits) {
    final var copy = new Graph();
    final var images = new ArrayList<Node>(nodes.size());
    final var editOf = new LinkedHashMap<Integer, List<String>>();
    sites.forEach(
        (name, node) -> editOf.computeIfAbsent(node.id(), k -> new ArrayList<>()).add(name));
    for (final var name : edits.keySet()) {
      if (!sites.containsKey(name)) {
        throw new IllegalArgumentException("no such site: name=" + name);
      }
    }
    for (final var node : nodes) {
      final var inputs = node.inputs().stream().map(n -> images.get(n.id())).toArray(Node[]::new);
      Node image =
          node.op() instanceof final Op.State state
              ? copy.state(state.name(), node.shape())
              : copy.append(node.op(), node.shape(), inputs);
      for (final var name : editOf.getOrDefault(node.id(), List.of())) {
        final var edit = edits.get(name);
        image = edit == null ? image : edit.apply(image);
        copy.site(name, image);
      }
      images.add(image);
    }
    return copy;
  }

  private Node append(final Op op, final Shape shape, final Node... inputs) {
    for (final var input : inputs) {
      if (input.graph() != this) {
        throw new IllegalArgumentException("a node of another graph: op=" + op + ", node=" + input);
      }
    }
    final var node = new Node(this, nodes.size(), op, List.of(inputs), shape);
    nodes.add(node);
    return node;
  }

  @Override
  public String toString() {
    final var text = new StringBuilder();
    nodes.forEach(node -> text.append(node).append('\n'));
    return text.toString();
  }
}
