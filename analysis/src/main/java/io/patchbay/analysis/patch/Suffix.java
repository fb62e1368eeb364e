package io.patchbay.analysis.patch;

import io.patchbay.analysis.intervention.Directions;
import io.patchbay.analysis.sweep.route.Way;
import io.patchbay.engine.Axis;
import io.patchbay.engine.ChangeChain;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The part of a model's graph that interventions at some sites can change, emitted anew with a
/// patch at each of them. What the rest of the graph computes is read from tables with one row per
/// base, so that it is computed once per base, however many cells there are.
public final class Suffix {
  public static final Axis ROWS = new Axis("rows");
  public static final Axis BASES = new Axis("bases");
  public static final Axis SOURCES = new Axis("sources");
  static final Axis DIRECTIONS = new Axis("directions");

  private static final int COEFFICIENTS = 5;

  /// Of the five numbers, the value of an op of the user's own.
  private static final int VALUE = 1;

  private final Graph original;
  private final Map<String, SitePatch> sites;
  private final Graph graph = new Graph();
  private final Node baseIndex = graph.input("base", Shape.batched(ROWS).integers());
  private final Map<Node, Node> tables = new LinkedHashMap<>();
  private final Map<Node, String> patched = new LinkedHashMap<>();
  private final Map<String, PatchPoint> points = new LinkedHashMap<>();
  private final Set<Node> changed = new HashSet<>();
  private final Set<Node> fed = new HashSet<>();
  private final Map<Node, Node> images = new HashMap<>();
  private final Optional<Way> way;
  private final boolean among;

  /// A route through this graph.
  private record Way(Route route, ChangeChain chain) {
    Node join() {
      return chain.end(route.layers());
    }
  }

  /// @param sites how each patched site is changed
  /// @param route how the change at the only site goes on, where it is carried; not that of a
  ///   subspace
  /// @param among whether cells take from the bases' own rows
  public Suffix(
      final Graph original,
      final Map<String, SitePatch> sites,
      final Optional<Route> route,
      final boolean among) {
    this.among = among;
    this.original = original;
    this.sites = Map.copyOf(sites);
    if (route.isPresent()
        && sites.values().stream().anyMatch(patch -> patch instanceof SitePatch.Subspace)) {
      throw new IllegalArgumentException("a subspace is not carried: sites=" + sites);
    }
    this.way =
        route.map(r ->
            new Way(
                r,
                ChangeChain.of(
                        site(original, sites.keySet().iterator().next()),
                        site(original, r.target()))
                    .orElseThrow(() ->
                        new IllegalArgumentException(
                            "no chain of layers: from=" + sites + ", to=" + r.target()))));
    for (final var site : sites.keySet()) {
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

  public static Node site(final Graph graph, final String name) {
    final var node = graph.sites().get(name);
    if (node == null) {
      throw new IllegalArgumentException("no such site: site=" + name);
    }
    return node;
  }

  public Graph graph() {
    return graph;
  }

  public Node baseIndex() {
    return baseIndex;
  }

  /// The tables by the node of the original graph whose base value they hold.
  public Map<Node, Node> tables() {
    return tables;
  }

  public PatchPoint point(final String site) {
    final var point = points.get(site);
    if (point == null) {
      throw new IllegalArgumentException("the patch reaches no output: site=" + site);
    }
    return point;
  }

  public Map<String, PatchPoint> points() {
    return points;
  }

  /// The value of a site of the original graph, after the patches.
  public Node value(final String site) {
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
  public Node effect(final Effect effect) {
    if (way.isPresent() && way.get().route().measures()) {
      return switch (effect.kind()) {
        case L2 -> Ops.sqrt(carried(way.get(), End.SQUARES, List.of()));
        case L1 -> carried(way.get(), End.SIZES, List.of());
      };
    }
    return effect.of(value(effect.site()), base(effect.site()));
  }

  /// The product of the change of a site's value with one direction per cell.
  ///
  /// @param directions (directions; dims)
  /// @param own the row of each cell's (rows)
  Node product(final String site, final Node directions, final Node own) {
    if (way.isPresent() && way.get().route().measures()) {
      return carried(way.get(), End.PRODUCTS, List.of(directions, own));
    }
    final var change = Ops.sub(value(site), base(site));
    return Ops.sumRow(Ops.mul(change, Ops.gather(directions, own)));
  }

  private Node carried(final Way of, final End end, final List<Node> directions) {
    final var chain = of.chain();
    final var route = of.route();
    final var site = patched.get(chain.site());
    if (site == null || patched.size() > 1) {
      throw new IllegalArgumentException("the change of one other site is carried: " + chain);
    }
    final int size = chain.site().shape().rowSize();
    final var inputs = new ArrayList<Node>();
    final var clean = table(chain.site(), Shape.batched(BASES, size));
    final var point = point(site, chain.site(), Shape.of(size), clean);
    inputs.addAll(List.of(clean, point.sources(), baseIndex, point.sourceIndex()));
    inputs.addAll(List.of(point.coefficients(), point.ranges()));
    for (int i = 0; i < route.layers(); i++) {
      final var link = chain.links().get(i);
      inputs.add(image(link.weights()));
      final var value = table(link.clean(), link.clean().shape().on(BASES));
      final int[] sizes = chain.sizes(i, route.layers());
      inputs.add(Arrays.equals(sizes, value.shape().dims()) ? value : Ops.reshape(value, sizes));
    }
    inputs.addAll(directions);
    final var own = op(site);
    final var mean = own.flatMap(op -> mean(site, op, Shape.of(size)));
    final var keys = own.flatMap(op -> keys(site, op));
    mean.ifPresent(inputs::add);
    keys.ifPresent(k -> inputs.addAll(List.of(k.seed(), k.ids())));
    final var op = chain.op(route.layers(), end, route.eliminates(), route.precision(), own);
    final var change = graph.append(op, inputs.toArray(Node[]::new));
    points.put(site, with(point, change, mean, keys, Optional.empty()));
    return change;
  }

  /// The op of the user's own at a site.
  private Optional<PatchOp> op(final String site) {
    return sites.get(site) instanceof SitePatch.Custom(var op) ? Optional.of(op) : Optional.empty();
  }

  private Optional<Node> mean(final String site, final PatchOp op, final Shape row) {
    return op.reads(PatchValue.MEAN)
        ? Optional.of(graph.input(site + ".mean", row))
        : Optional.empty();
  }

  private Optional<PatchPoint.Keys> keys(final String site, final PatchOp op) {
    return op.reads(PatchValue.RANDOM)
        ? Optional.of(
            new PatchPoint.Keys(
                graph.input(site + ".seed", Shape.of(2).integers()),
                graph.input(site + ".ids", Shape.batched(ROWS, 3).integers())))
        : Optional.empty();
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
      image = carried(way.get(), End.VALUE, List.of());
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
    final var point = point(site, node, node.shape(), clean);
    return switch (Objects.requireNonNull(sites.get(site))) {
      case SitePatch.Mixed _ -> mixed(site, point);
      case SitePatch.Custom(var op) -> custom(site, op, point);
      case SitePatch.Subspace(var directions) -> subspace(site, directions, point);
    };
  }

  /// A point whose patch is the value before it.
  ///
  /// @param row the sizes of a source
  private PatchPoint point(final String site, final Node node, final Shape row, final Node clean) {
    final var axis = new Axis(site + ".ranges");
    return new PatchPoint(
        node,
        among ? table(node, row.on(BASES)) : graph.input(site + ".sources", row.on(SOURCES)),
        graph.input(site + ".source", Shape.batched(ROWS).integers()),
        graph.input(site + ".numbers", Shape.batched(ROWS, COEFFICIENTS)),
        graph.input(site + ".ranges", Shape.batched(axis, 3).integers()),
        clean,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// @param clean a point whose patch is the value before it
  private Node mixed(final String site, final PatchPoint clean) {
    final var x = clean.patch();
    final var numbers = clean.coefficients();
    final var source = Ops.gather(clean.sources(), clean.sourceIndex());
    final var mixed =
        Ops.add(
            Ops.add(Ops.mul(x, number(numbers, 0, x)), number(numbers, 1, x)),
            Ops.mul(source, number(numbers, 2, x)));
    final var limited = Ops.min(Ops.max(mixed, number(numbers, 3, x)), number(numbers, 4, x));
    final var patch = Ops.patch(x, limited, clean.ranges());
    points.put(site, with(clean, patch, Optional.empty(), Optional.empty(), Optional.empty()));
    return patch;
  }

  private Node custom(final String site, final PatchOp op, final PatchPoint clean) {
    final var values = new ArrayList<Node>();
    if (op.reads(PatchValue.SOURCE)) {
      values.add(Ops.gather(clean.sources(), clean.sourceIndex()));
    }
    final var mean = mean(site, op, clean.site().shape().on(null));
    mean.ifPresent(values::add);
    if (op.reads(PatchValue.VALUE)) {
      values.add(Ops.reshape(Ops.slice(clean.coefficients(), 1, VALUE, VALUE + 1)));
    }
    final var keys = keys(site, op);
    keys.ifPresent(k -> values.addAll(List.of(k.seed(), k.ids())));
    final var patch = Ops.patch(op, clean.patch(), clean.ranges(), values);
    points.put(site, with(clean, patch, mean, keys, Optional.empty()));
    return patch;
  }

  /// The coordinates along the directions are patched; what they change is added to the value.
  /// Where they do not change, that is 0, and no bit of the value changes.
  private Node subspace(final String site, final Directions directions, final PatchPoint clean) {
    final var x = clean.patch();
    final int size = directions.size();
    final var rows = graph.input(site + ".directions", Shape.of(directions.count(), size));
    final var flat = Ops.reshape(x, size);
    final var source = Ops.reshape(Ops.gather(clean.sources(), clean.sourceIndex()), size);
    final var change = Ops.matMul(Ops.sub(source, flat), rows, false, true);
    final var none = Ops.broadcast(Ops.constant(graph, 0), change.shape());
    final var patch = Ops.patch(none, change, clean.ranges());
    final var added = Ops.reshape(Ops.matMul(patch, rows, false, false), x.shape().dims());
    points.put(site, with(clean, patch, Optional.empty(), Optional.empty(), Optional.of(rows)));
    return Ops.add(x, added);
  }

  private static PatchPoint with(
      final PatchPoint point,
      final Node patch,
      final Optional<Node> mean,
      final Optional<PatchPoint.Keys> keys,
      final Optional<Node> directions) {
    return new PatchPoint(
        point.site(),
        point.sources(),
        point.sourceIndex(),
        point.coefficients(),
        point.ranges(),
        patch,
        mean,
        keys,
        directions);
  }

  private Node number(final Node numbers, final int index, final Node like) {
    final var one = Ops.reshape(Ops.slice(numbers, 1, index, index + 1));
    return graph.append(
        new Op.Broadcast(
            like.shape(), IntStream.rangeClosed(1, like.shape().rank()).boxed().toList()),
        one);
  }
}
