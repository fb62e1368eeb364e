package io.patchbay.analysis.circuit;

import io.patchbay.engine.Gradients;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A model's graph emitted anew so that edges can be cut: each layer of a chain makes `base + W *
/// (a - a_base)`, with what it makes and reads in the base run as inputs, and with W as a state.
/// Where an edge's numbers in W are zero, the edge carries its activation of the base run.
final class EdgeGraph {
  private final Graph graph = new Graph();
  private final Map<Node, Node> images = new HashMap<>();
  private final Map<Node, CircuitLayer> layerOf = new HashMap<>();

  /// The base run's values by the node of the original graph.
  private final Map<Node, Node> tables = new LinkedHashMap<>();

  private final Node start;
  private final Node outcome;
  private final Node signs;
  private final List<Node> changes = new ArrayList<>();
  private final List<Node> removals;
  private final List<Node> screens = new ArrayList<>();

  /// @param outcome Y of the original graph, (pairs)
  EdgeGraph(final LayerChain chain, final Node outcome) {
    chain.layers().forEach(layer -> layerOf.put(layer.op(), layer));
    start = graph.input("start", chain.start().shape());
    images.put(chain.start(), start);
    this.outcome = image(outcome);
    signs = graph.input("signs", this.outcome.shape());
    final var oriented = Ops.mul(this.outcome, signs);
    final var weights = chain.layers().stream().map(layer -> image(layer.op().input(1))).toList();
    removals = Gradients.of(oriented, weights);
    final var made = chain.layers().stream().map(layer -> image(layer.op())).toList();
    final var gradients = Gradients.of(oriented, made);
    for (int l = 0; l < weights.size(); l++) {
      final var layer = chain.layers().get(l);
      final var change = graph.input("change" + l, layer.input().shape());
      changes.add(change);
      final var carried = graph.append(layer.op().op(), change, weights.get(l));
      final var effect = Ops.sumRow(Ops.mul(carried, Ops.stopGradient(gradients.get(l))));
      screens.add(Gradients.of(effect, List.of(weights.get(l))).getFirst());
    }
  }

  private Node image(final Node node) {
    final var known = images.get(node);
    if (known != null) {
      return known;
    }
    final var layer = layerOf.get(node);
    final Node image;
    if (layer != null) {
      final var change = Ops.sub(image(layer.input()), table(layer.input()));
      final var carried = graph.append(node.op(), change, image(node.input(1)));
      image = Ops.add(table(node), carried);
    } else if (node.op() instanceof final Op.State state) {
      image = graph.state(state.name(), node.shape());
    } else {
      image = graph.append(node.op(), node.inputs().stream().map(this::image).toArray(Node[]::new));
    }
    images.put(node, image);
    return image;
  }

  private Node table(final Node node) {
    return tables.computeIfAbsent(node, n -> graph.input("base" + n.id(), n.shape()));
  }

  Graph graph() {
    return graph;
  }

  /// Inputs of the base run's values, by the node of the original graph.
  Map<Node, Node> tables() {
    return tables;
  }

  /// Input: the value at the start of the chain.
  Node start() {
    return start;
  }

  /// What a layer reads.
  Node reads(final CircuitLayer layer) {
    return Objects.requireNonNull(images.get(layer.input()));
  }

  /// Y: (pairs).
  Node outcome() {
    return outcome;
  }

  /// Input: the sign with which each pair's Y counts, (pairs).
  Node signs() {
    return signs;
  }

  /// Inputs: per layer, how much what it reads changes from the base run to the source run.
  List<Node> changes() {
    return changes;
  }

  /// Per layer the gradient of the sum of signed Y with respect to W as it is masked.
  List<Node> removals() {
    return removals;
  }

  /// Per layer the sum over pairs of the change of what is read times the gradient of signed Y at
  /// what is made, laid out as W.
  List<Node> screens() {
    return screens;
  }
}
