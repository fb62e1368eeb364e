package io.patchbay.analysis.circuit;

import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The linear layers from one site of a model to another, each reading what the one before makes.
///
/// @param start the value at the first site
/// @param layers in the order of the computation, at least one
record LayerChain(Node start, List<CircuitLayer> layers) {
  LayerChain {
    layers = List.copyOf(layers);
  }

  /// @throws IllegalArgumentException when there is no such site, or what lies between the two is
  ///   not a chain of linear layers with elementwise functions between them
  static LayerChain of(final Graph graph, final String from, final String to) {
    final var start = site(graph, from);
    final var ops = new ArrayDeque<Node>();
    final var paths = new ArrayDeque<List<Node>>();
    final var reached = reached(graph, start);
    Deque<Node> path = new ArrayDeque<>();
    Node node = site(graph, to);
    while (node != start) {
      path.addFirst(node);
      if (CircuitLayer.isLayer(node)) {
        ops.addFirst(node);
        paths.addFirst(List.copyOf(path));
        path = new ArrayDeque<>();
      }
      node = before(node, reached);
    }
    path.addFirst(start);
    paths.addFirst(List.copyOf(path));
    if (ops.isEmpty()) {
      throw new IllegalArgumentException("no layer between sites: from=" + from + ", to=" + to);
    }
    final var units =
        paths.stream().map(p -> UnitLayer.of(graph, p)).toList().toArray(UnitLayer[]::new);
    units[0] = new UnitLayer(from, units[0].units(), units[0].made(), units[0].read());
    final var layers = new ArrayList<CircuitLayer>();
    for (final var op : ops) {
      final int l = layers.size();
      final int first = l == 0 ? 0 : layers.getLast().end();
      layers.add(CircuitLayer.of(op, units[l], units[l + 1], first));
    }
    return new LayerChain(start, layers);
  }

  private static Node site(final Graph graph, final String name) {
    final var node = graph.sites().get(name);
    if (node == null) {
      throw new IllegalArgumentException("no such site: site=" + name);
    }
    return node;
  }

  /// What is computed from `start`.
  private static Set<Node> reached(final Graph graph, final Node start) {
    final Set<Node> reached = new HashSet<>();
    reached.add(start);
    for (final var node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(reached::contains)) {
        reached.add(node);
      }
    }
    return reached;
  }

  /// The one input of a node that comes from the start.
  private static Node before(final Node node, final Set<Node> reached) {
    final var from = node.inputs().stream().filter(reached::contains).toList();
    final boolean keepsElements =
        CircuitLayer.isLayer(node)
            || node.op() instanceof Op.Unary
            || node.op() instanceof Op.Binary
            || node.op() instanceof Op.Reshape
            || node.op() instanceof Op.Slice;
    if (from.size() != 1 || !keepsElements) {
      throw new IllegalArgumentException("not a chain of layers: node=" + node);
    }
    return from.getFirst();
  }

  /// How many edges there are.
  int edges() {
    return layers.getLast().end();
  }

  /// The layer that an edge belongs to, by its place.
  int layerOf(final int edge) {
    int l = 0;
    while (edge >= layers.get(l).end()) {
      l++;
    }
    return l;
  }

  /// Every edge.
  BitSet all() {
    final var all = new BitSet(edges());
    all.set(0, edges());
    return all;
  }

  /// The edges of a circuit through which a change at the start can come to the end: those from a
  /// unit that none comes to, and those to a unit from which none goes on, carry nothing.
  BitSet live(final BitSet circuit) {
    final var live = (BitSet) circuit.clone();
    @Nullable BitSet moved = null;
    for (final var layer : layers) {
      moved = keep(live, layer, moved, true);
    }
    @Nullable BitSet read = null;
    for (final var layer : layers.reversed()) {
      read = keep(live, layer, read, false);
    }
    return live;
  }

  /// Keeps the edges of a layer whose near end is in `reached` (null: any).
  ///
  /// @return the far ends of those kept
  private static BitSet keep(
      final BitSet edges,
      final CircuitLayer layer,
      final @Nullable BitSet reached,
      final boolean forward) {
    final var far = new BitSet();
    for (int e = edges.nextSetBit(layer.first());
        e >= 0 && e < layer.end();
        e = edges.nextSetBit(e + 1)) {
      final int near = forward ? layer.producer(e) : layer.consumer(e);
      if (reached == null || reached.get(near)) {
        far.set(forward ? layer.consumer(e) : layer.producer(e));
      } else {
        edges.clear(e);
      }
    }
    return far;
  }
}
