package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.patch.Suffix;
import io.patchbay.analysis.sweep.route.Way.Extent;
import io.patchbay.engine.ChangeChain;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchOp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The ways to compute a sweep at one site: all that the site can change, or only the change,
/// carried through some layers, up to the end or until values are whole again.
public final class Routes {
  /// What exact effects may cost: others are computed again, exactly, where they are small, and of
  /// whole values that are most of them.
  private static final double EXACT = 2;

  /// So many numbers that a convolution takes, and their change is rounded: of a few nearly nothing
  /// may be left where it is measured, and their rounding is then no small part of it.
  private static final int MANY = 16;

  private final Graph graph;
  private final Site site;
  private final String measured;
  private final Node from;
  private final Node target;
  private final SitePatch patch;

  /// @param patch how the site is changed; the change of a subspace is not carried
  public Routes(final Graph graph, final Site site, final String measured, final SitePatch patch) {
    this.graph = graph;
    this.site = site;
    this.measured = measured;
    this.patch = patch;
    this.from = Suffix.site(graph, site.name());
    this.target = Suffix.site(graph, measured);
  }

  /// Of a site that is changed by five numbers.
  public static Routes mixed(final Graph graph, final Site site, final String measured) {
    return new Routes(graph, site, measured, new SitePatch.Mixed());
  }

  /// All of them: the whole one, then by how far the change is carried.
  public List<Way> ways(final List<Unit> units, final boolean eliminates) {
    return ways(units, eliminates, Precision.FP32);
  }

  /// Those that there are in some precision. Below float32 that is the one that measures the change
  /// itself, if there is one.
  public List<Way> ways(
      final List<Unit> units, final boolean eliminates, final Precision precision) {
    final var ways = new ArrayList<Way>();
    if (precision == Precision.FP32) {
      ways.add(way(units, Optional.empty()));
    }
    final var carried = carried(units, precision);
    final int most = ChangeChain.of(from, target).map(chain -> chain.links().size()).orElse(0);
    for (int layers = 1; layers <= most; layers++) {
      final var route = route(layers, eliminates, carried);
      if (route.measures() || precision == Precision.FP32) {
        ways.add(way(units, Optional.of(route)));
      }
    }
    return ways;
  }

  /// The precision in which the change of some units is carried where one is asked for.
  Precision carried(final List<Unit> units, final Precision asked) {
    final boolean few = units.stream().anyMatch(u -> u.size() < MANY);
    final boolean convolved =
        ChangeChain.of(from, target)
            .filter(chain -> chain.links().getFirst().layer().kind() != Kind.LINEAR)
            .isPresent();
    return asked == Precision.BF16 && few && convolved ? Precision.FP32 : asked;
  }

  /// The change carried all the way, in float32; empty where it cannot be.
  Optional<Route> exact(final boolean eliminates) {
    return ChangeChain.of(from, target)
        .map(chain -> route(chain.links().size(), eliminates, Precision.FP32))
        .filter(Route::measures);
  }

  /// The change carried through some layers, of those that there are.
  Route route(final int layers, final boolean eliminates, final Precision precision) {
    final boolean arrives = ChangeChain.of(from, target).orElseThrow().end(layers).equals(target);
    return new Route(measured, layers, arrives, eliminates, precision);
  }

  /// One of them, for cells of many inputs and units.
  Way way(final List<Unit> units, final Optional<Route> route) {
    final var equal = wayOfEqual(units, route);
    return route.isEmpty() || patch instanceof SitePatch.Custom
        ? equal
        : equal.with(equal.cell().plus(CarriedWork.fetched(units)));
  }

  /// One of them, for cells that are all the same.
  Way wayOfEqual(final List<Unit> units, final Optional<Route> route) {
    final var effect = new Effect(Effect.Kind.L2, measured);
    final var rest = way(graph, Map.of(site.name(), patch), Optional.of(effect), measured, route);
    final var own = patch instanceof SitePatch.Custom(var op) ? Optional.of(op) : none();
    final var patched = own.map(op -> OwnWork.of(op, units)).orElse(WorkCount.NONE);
    final var carried = route.map(r -> carried(r, units, own)).orElse(WorkCount.NONE);
    return new Way(route, rest.cell().plus(patched).plus(carried), rest.base(), rest.source());
  }

  private static Optional<PatchOp> none() {
    return Optional.empty();
  }

  private WorkCount carried(
      final Route route, final List<Unit> units, final Optional<PatchOp> own) {
    final var chain = ChangeChain.of(from, target).orElseThrow();
    final var end = route.measures() ? End.SQUARES : End.VALUE;
    final var op = chain.op(route.layers(), end, route.eliminates(), route.precision(), own);
    return CarriedWork.of(op, chain.links().subList(0, route.layers()), units);
  }

  /// The cheapest way for a sweep of some extent; of equal ones the first.
  Way cheapest(
      final Subject subject,
      final List<Unit> units,
      final boolean eliminates,
      final MachineRates rates,
      final Extent extent) {
    final var ways = timed(subject, ways(units, eliminates), units);
    return cheapest(ways.stream(), rates, extent);
  }

  /// The ways with what their cells take, where the device has to be asked.
  public List<Way> timed(final Subject subject, final List<Way> ways, final List<Unit> units) {
    return subject.backend().ratesAdd()
        ? ways
        : new WayTrials(subject, graph, site, measured, units).timed(ways);
  }

  /// The cheapest of some ways; of equal ones the first. One that measures the change itself counts
  /// as cheaper than it is: its effects are exact however small they are.
  public static Way cheapest(
      final Stream<Way> ways, final MachineRates rates, final Extent extent) {
    return ways.min(
            Comparator.comparingDouble(
                way -> way.nanos(rates, extent) / (way.measures() ? EXACT : 1)))
        .orElseThrow();
  }

  /// Everything that some sites can change, computed whole.
  ///
  /// @param effect empty where the value of `measured` is read
  public static Way whole(
      final Graph graph,
      final Map<String, SitePatch> patches,
      final Optional<Effect> effect,
      final String measured) {
    return way(graph, patches, effect, measured, Optional.empty());
  }

  /// The multiply-adds of one whole run from the input on.
  public static double forward(final Graph graph, final String measured) {
    return WholeWork.of(plan(graph, List.of(Suffix.site(graph, measured))).order()).operations();
  }

  /// A way without the work of the change that it carries.
  private static Way way(
      final Graph graph,
      final Map<String, SitePatch> patches,
      final Optional<Effect> effect,
      final String measured,
      final Optional<Route> route) {
    final var suffix = new Suffix(graph, patches, route, false);
    final var output = effect.map(suffix::effect).orElseGet(() -> suffix.value(measured));
    Sizes sizes = Sizes.of(Suffix.ROWS, 1).and(Suffix.BASES, 1).and(Suffix.SOURCES, 1);
    final var needed = new LinkedHashSet<>(suffix.tables().keySet());
    double moved = 0;
    for (final var point : suffix.points().values()) {
      sizes = sizes.and(point.axis(), 1);
      needed.add(point.site());
      moved += point.site().shape().rowSize();
    }
    final var cell = WholeWork.of(Plan.of(suffix.graph(), List.of(output), sizes).order());
    final var before = WholeWork.of(plan(graph, List.copyOf(needed)).order());
    final double tables = needed.stream().mapToDouble(n -> n.shape().rowSize()).sum();
    return new Way(
        route,
        route.isEmpty() ? cell.plus(Work.CELL, 1) : cell,
        before.plus(Work.MOVED, tables),
        before.plus(Work.MOVED, moved));
  }

  private static Plan plan(final Graph graph, final List<Node> nodes) {
    final var axis = nodes.getFirst().shape().axis();
    if (axis == null) {
      throw new IllegalStateException("sites have an axis");
    }
    return Plan.of(graph, nodes, Sizes.of(axis, 1));
  }

  /// The site at which a route's change ends.
  public String end(final Route route) {
    final var join = ChangeChain.of(from, target).orElseThrow().end(route.layers());
    return graph.sites().entrySet().stream()
        .filter(s -> s.getValue().equals(join))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("%" + join.id());
  }
}
