package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.engine.ChangeChain;
import io.patchbay.engine.ChangeChain.Link;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.Propagate.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How a sweep at one site is computed, chosen by what it costs: all that the site can change, or
/// only the change, carried through some layers, up to the end or until values are whole again.
///
/// Costs are in multiply-adds of a whole layer; what else there is, in what it takes of their time.
final class Routes {
  /// A multiply-add of a carried change: its rectangles fill the registers less well.
  private static final double CARRIED = 1.5;

  /// A pixel of an image: its sigmoid and its share of the effect.
  private static final double PIXEL = 4;

  /// An element of a value that is written and read.
  private static final double ELEMENT = 4;

  /// A layer of a cell, whatever its size.
  private static final double LAYER = 3000;

  /// A step of an op of the user's own, per patched unit: what a vector of it takes, and its place
  /// in the first-level cache.
  private static final double STEP = 1;

  /// Units that stand for all.
  private static final int SAMPLE = 64;

  private final Graph graph;
  private final Site site;
  private final String measured;
  private final Node target;
  private final int steps;

  /// @param patch how the site is changed; the change of a subspace is not carried
  Routes(final Graph graph, final Site site, final String measured, final SitePatch patch) {
    this.graph = graph;
    this.site = site;
    this.measured = measured;
    this.steps =
        switch (patch) {
          case SitePatch.Custom(var op) -> op.program().instructions().size();
          case SitePatch.Mixed _ -> 0;
          case SitePatch.Subspace _ ->
              throw new IllegalArgumentException("a subspace has one way: site=" + site.name());
        };
    this.target = Suffix.site(graph, measured);
  }

  /// Of a site that is changed by five numbers.
  static Routes mixed(final Graph graph, final Site site, final String measured) {
    return new Routes(graph, site, measured, new SitePatch.Mixed());
  }

  /// A way and what a cell costs on it.
  ///
  /// @param route empty where everything is computed whole
  record Choice(Optional<Route> route, double cost) {}

  /// All ways, the cheapest first.
  List<Choice> of(final List<Unit> units, final boolean eliminates) {
    final var choices = new ArrayList<Choice>();
    final var from = Suffix.site(graph, site.name());
    final double patch = patch(units);
    choices.add(new Choice(Optional.empty(), whole(from) + ELEMENT * site.size() + patch));
    ChangeChain.of(from, target)
        .ifPresent(chain -> {
          final int most = chain.links().size();
          for (int layers = 1; layers <= most; layers++) {
            final boolean arrives = chain.end(layers).equals(target);
            final double carried = patch + carried(chain, layers, units);
            if (arrives) {
              choices.add(
                  new Choice(Optional.of(new Route(measured, layers, true, eliminates)), carried));
            } else {
              final var join = chain.end(layers);
              final double rest = ELEMENT * join.shape().rowSize() + whole(join);
              choices.add(
                  new Choice(
                      Optional.of(new Route(measured, layers, false, eliminates)), carried + rest));
            }
          }
        });
    choices.sort((a, b) -> Double.compare(a.cost(), b.cost()));
    return choices;
  }

  /// What an op of the user's own takes on every way, whatever carries its change.
  private double patch(final List<Unit> units) {
    return STEP * steps * units.stream().mapToInt(Unit::size).average().orElse(0);
  }

  /// The ways and what they cost, the chosen one first, for people.
  String text(final List<Choice> choices) {
    final double whole =
        choices.stream()
            .filter(choice -> choice.route().isEmpty())
            .mapToDouble(Choice::cost)
            .findFirst()
            .orElseGet(() -> whole(Suffix.site(graph, site.name())) + ELEMENT * site.size());
    final var text = new StringBuilder();
    for (final var choice : choices) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s %-11s  %11.0f multiply-adds a cell, 1/%.1f of whole%s%n",
              choice.equals(choices.getFirst()) ? "*" : " ",
              Route.name(choice.route()),
              choice.cost(),
              whole / choice.cost(),
              choice.route().map(r -> ", as far as " + end(r)).orElse("")));
    }
    return text.toString();
  }

  /// The site at which a route's change ends.
  String end(final Route route) {
    final var join =
        ChangeChain.of(Suffix.site(graph, site.name()), target).orElseThrow().end(route.layers());
    return graph.sites().entrySet().stream()
        .filter(s -> s.getValue().equals(join))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("%" + join.id());
  }

  /// What lies between a value and the target, computed whole.
  private double whole(final Node from) {
    final Set<Node> changed = new HashSet<>();
    changed.add(from);
    final var leading = leading();
    double cost = 0;
    for (final var node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(changed::contains) && !node.equals(from)) {
        changed.add(node);
        if (leading.contains(node)) {
          cost += cost(node);
        }
      }
    }
    return cost;
  }

  private Set<Node> leading() {
    final Set<Node> leading = new HashSet<>();
    leading.add(target);
    for (final var node : graph.nodes().reversed()) {
      if (leading.contains(node)) {
        leading.addAll(node.inputs());
      }
    }
    return leading;
  }

  private static double cost(final Node node) {
    return switch (node.op()) {
      case Op.Conv2d _ -> (double) node.shape().rowSize() * kernel(node.input(1), 1);
      case Op.ConvInputGrad c ->
          (double) node.shape().rowSize() * kernel(node.input(1), 0) / (c.stride() * c.stride());
      case Op.MatMul _ -> (double) node.shape().rowSize() * node.input(0).shape().rowSize();
      case final Op.Unary u when u.kind() == Op.UnaryKind.SIGMOID -> PIXEL * node.shape().rowSize();
      default -> 0;
    };
  }

  private static double kernel(final Node weights, final int channels) {
    final var w = weights.shape();
    return (double) w.dim(channels) * w.dim(2) * w.dim(3);
  }

  private double carried(final ChangeChain chain, final int layers, final List<Unit> units) {
    double sum = 0;
    final int step = Math.max(1, units.size() / SAMPLE);
    int count = 0;
    for (int u = 0; u < units.size(); u += step) {
      sum += carried(chain.links().subList(0, layers), units.get(u));
      count++;
    }
    return sum / count;
  }

  private double carried(final List<Link> links, final Unit unit) {
    final int[] taken = links.getFirst().taken();
    final boolean flat = links.getFirst().layer().kind() == Kind.LINEAR;
    final int width = flat ? 1 : taken[2];
    final var cover = Cover.of(unit, flat ? 1 : taken[1] * width, width);
    double channels = cover.channels();
    double height = cover.height();
    double across = cover.width();
    double cost = 0;
    boolean all = false;
    for (final var link : links) {
      final var shape = link.clean().shape();
      if (link.layer().kind() == Kind.LINEAR) {
        cost += LAYER + CARRIED * height * across * channels * shape.rowSize();
        height = 1;
        across = 1;
        channels = shape.rowSize();
        all = true;
        continue;
      }
      if (all) {
        // What a linear layer made, as an image.
        channels = link.taken()[0];
        height = link.taken()[1];
        across = link.taken()[2];
        all = false;
      }
      final boolean up = link.layer().kind() == Kind.UP;
      height = Math.min(shape.dim(1), up ? 2 * height + 2 : height / 2 + 1);
      across = Math.min(shape.dim(2), up ? 2 * across + 2 : across / 2 + 1);
      final double taps = up ? 4 : 16;
      cost += LAYER + CARRIED * height * across * taps * channels * shape.dim(0);
      if (link.layer().activation() == Op.Propagate.Activation.SIGMOID) {
        cost += PIXEL * height * across * shape.dim(0);
      }
      channels = shape.dim(0);
    }
    return cost;
  }

  /// The rectangle and the channels that a unit covers.
  private record Cover(int channels, int height, int width) {
    static Cover of(final Unit unit, final int pixels, final int across) {
      int channelFrom = Integer.MAX_VALUE;
      int channelTo = 0;
      int top = Integer.MAX_VALUE;
      int bottom = 0;
      int left = Integer.MAX_VALUE;
      int right = 0;
      for (final var range : unit.ranges()) {
        final int begin = range.begin();
        final int last = range.end() - 1;
        channelFrom = Math.min(channelFrom, begin / pixels);
        channelTo = Math.max(channelTo, last / pixels + 1);
        final boolean one = begin / pixels == last / pixels;
        final int first = one ? begin % pixels / across : 0;
        final int end = one ? last % pixels / across + 1 : pixels / across;
        final boolean row = one && end - first == 1;
        top = Math.min(top, first);
        bottom = Math.max(bottom, end);
        left = Math.min(left, row ? begin % across : 0);
        right = Math.max(right, row ? last % across + 1 : across);
      }
      return new Cover(channelTo - channelFrom, bottom - top, right - left);
    }
  }
}
