package io.patchbay.analysis.sweep;

import io.patchbay.engine.Axis;
import io.patchbay.engine.ChangeChain;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The part of a model's graph that interventions at some sites can change, emitted anew with a
/// patch at each of them. What the rest of the graph computes is read from tables with one row per
/// base, so that it is computed once per base, however many cells there are.
final class Suffix {
  static final Axis ROWS = new Axis("rows");
  static final Axis BASES = new Axis("bases");
  static final Axis SOURCES = new Axis("sources");

  private static final int COEFFICIENTS = 5;

  private final Graph original;
  private final Graph graph = new Graph();
  private final Node baseIndex = graph.input("base", Shape.batched(ROWS).integers());
  private final Map<Node, Node> tables = new LinkedHashMap<>();
  private final Map<Node, String> patched = new LinkedHashMap<>();
  private final Map<String, Point> points = new LinkedHashMap<>();
  private final Set<Node> changed = new HashSet<>();
  private final Set<Node> fed = new HashSet<>();
  private final Map<Node, Node> images = new HashMap<>();
  private final Optional<Way> way;

  /// A route through this graph.
  private record Way(Route route, ChangeChain chain) {
    Node join() {
      return chain.end(route.layers());
    }
  }

  /// The inputs of the patch at one site.
  ///
  /// @param sources rows that cells may take their elements from (sources; dims)
  /// @param sourceIndex per cell (rows)
  /// @param coefficients per cell (rows; 5), see [io.patchbay.analysis.intervention.Operation]
  /// @param ranges the elements that each cell changes (ranges of the site; 3)
  /// @param patch the patch itself, or what carries its change
  record Point(
      Node site, Node sources, Node sourceIndex, Node coefficients, Node ranges, Node patch) {}

  /// Every changed value is computed whole.
  Suffix(final Graph original, final List<String> sites) {
    this(original, sites, Optional.empty());
  }

  /// @param route how the change at the only site goes on, where it is carried
  Suffix(final Graph original, final List<String> sites, final Optional<Route> route) {
    this.original = original;
    this.way =
        route.map(r ->
            new Way(
                r,
                ChangeChain.of(site(original, sites.getFirst()), site(original, r.target()))
                    .orElseThrow(() ->
                        new IllegalArgumentException(
                            "no chain of layers: from=" + sites + ", to=" + r.target()))));
    for (final var site : sites) {
      if (patched.putIfAbsent(site(original, site), site) != null) {
        throw new IllegalArgumentException("one value cannot be patched twice: site=" + site);
      }
    }
    for (final var node : original.nodes()) {
      if (patched.containsKey(node) || node.inputs().stream().anyMatch(changed::contains)) {
        changed.add(node);
      }
      if (node.op() instanceof Op.Input || node.inputs().stream().anyMatch(fed::contains)) {
        fed.add(node);
      }
    }
  }

  static Node site(final Graph graph, final String name) {
    final var node = graph.sites().get(name);
    if (node == null) {
      throw new IllegalArgumentException("no such site: site=" + name);
    }
    return node;
  }

  Graph graph() {
    return graph;
  }

  Node baseIndex() {
    return baseIndex;
  }

  /// The tables by the node of the original graph whose base value they hold.
  Map<Node, Node> tables() {
    return tables;
  }

  Point point(final String site) {
    final var point = points.get(site);
    if (point == null) {
      throw new IllegalArgumentException("the patch reaches no output: site=" + site);
    }
    return point;
  }

  Map<String, Point> points() {
    return points;
  }

  /// The value of a site of the original graph, after the patches.
  Node value(final String site) {
    return image(site(original, site));
  }

  /// The value of a site without any patch: (rows; dims).
  Node base(final String site) {
    return base(site(original, site));
  }

  private Node base(final Node node) {
    return Ops.gather(table(node, node.shape().on(BASES)), baseIndex);
  }

  /// How far a site's value moved from the base, per cell.
  Node effect(final Effect effect) {
    if (way.isPresent() && way.get().route().measures()) {
      return switch (effect.kind()) {
        case L2 -> Ops.sqrt(carried(way.get(), End.SQUARES));
        case L1 -> carried(way.get(), End.SIZES);
      };
    }
    return effect.of(value(effect.site()), base(effect.site()));
  }

  private Node carried(final Way of, final End end) {
    final var chain = of.chain();
    final var route = of.route();
    final var site = patched.get(chain.site());
    if (site == null || patched.size() > 1) {
      throw new IllegalArgumentException("the change of one other site is carried: " + chain);
    }
    final int size = chain.site().shape().rowSize();
    final var inputs = new ArrayList<Node>();
    inputs.add(table(chain.site(), Shape.batched(BASES, size)));
    final var sources = graph.input(site + ".sources", Shape.batched(SOURCES, size));
    final var index = graph.input(site + ".source", Shape.batched(ROWS).integers());
    final var numbers = graph.input(site + ".numbers", Shape.batched(ROWS, COEFFICIENTS));
    final var axis = new Axis(site + ".ranges");
    final var ranges = graph.input(site + ".ranges", Shape.batched(axis, 3).integers());
    inputs.addAll(List.of(sources, baseIndex, index, numbers, ranges));
    for (final var link : chain.links().subList(0, route.layers())) {
      inputs.add(image(link.weights()));
      inputs.add(table(link.clean(), link.clean().shape().on(BASES)));
    }
    final var op = chain.op(route.layers(), end, route.eliminates());
    final var change = graph.append(op, inputs.toArray(Node[]::new));
    points.put(site, new Point(chain.site(), sources, index, numbers, ranges, change));
    return change;
  }

  private Node table(final Node node, final Shape shape) {
    final var table = tables.computeIfAbsent(node, n -> graph.input("table" + n.id(), shape));
    if (!table.shape().equals(shape)) {
      throw new IllegalStateException("one table, two shapes: node=" + node + ", table=" + table);
    }
    return table;
  }

  private Node image(final Node node) {
    final var known = images.get(node);
    if (known != null) {
      return known;
    }
    final Node image;
    if (way.isPresent() && node.equals(way.get().join()) && !way.get().route().measures()) {
      image = carried(way.get(), End.VALUE);
      images.put(node, image);
      return image;
    }
    final var site = patched.get(node);
    if (site != null) {
      final boolean moved = node.inputs().stream().anyMatch(changed::contains);
      image = patch(site, node, moved ? emit(node) : base(node));
    } else if (!changed.contains(node) && fed.contains(node)) {
      image = base(node);
    } else {
      image = emit(node);
    }
    images.put(node, image);
    return image;
  }

  private Node emit(final Node node) {
    if (node.op() instanceof final Op.State state) {
      return graph.state(state.name(), node.shape());
    }
    return graph.append(
        onRows(node.op()), node.inputs().stream().map(this::image).toArray(Node[]::new));
  }

  /// The original's rows are the cells here, whatever its axis was called.
  private static Op onRows(final Op op) {
    return op instanceof final Op.Broadcast b && b.target().isBatched()
        ? new Op.Broadcast(b.target().on(ROWS), b.positions())
        : op;
  }

  private Node patch(final String site, final Node node, final Node clean) {
    final var shape = node.shape();
    final var sources = graph.input(site + ".sources", shape.on(SOURCES));
    final var index = graph.input(site + ".source", Shape.batched(ROWS).integers());
    final var numbers = graph.input(site + ".numbers", Shape.batched(ROWS, COEFFICIENTS));
    final var axis = new Axis(site + ".ranges");
    final var ranges = graph.input(site + ".ranges", Shape.batched(axis, 3).integers());
    final var mixed =
        Ops.add(
            Ops.add(Ops.mul(clean, number(numbers, 0, clean)), number(numbers, 1, clean)),
            Ops.mul(Ops.gather(sources, index), number(numbers, 2, clean)));
    final var limited =
        Ops.min(Ops.max(mixed, number(numbers, 3, clean)), number(numbers, 4, clean));
    final var patch = Ops.patch(clean, limited, ranges);
    points.put(site, new Point(node, sources, index, numbers, ranges, patch));
    return patch;
  }

  private Node number(final Node numbers, final int index, final Node like) {
    final var one = Ops.reshape(Ops.slice(numbers, 1, index, index + 1));
    return graph.append(
        new Op.Broadcast(
            like.shape(), IntStream.rangeClosed(1, like.shape().rank()).boxed().toList()),
        one);
  }
}
