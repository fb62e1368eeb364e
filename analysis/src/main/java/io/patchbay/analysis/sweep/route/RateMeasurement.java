package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitRange;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Precision;
import io.patchbay.engine.expression.PatchOp;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Measures a backend's rates: small sweeps on a small made-up model ([RateModel]), each made so
/// that one kind of work takes most of its time. What is known of the other kinds is taken off, and
/// that is repeated until the rates stand still; so as many runs as kinds give all rates. Only the
/// runs are made that the kinds asked for need.
///
/// They run on one thread and are timed by its own clock, which stands while others have the core;
/// in turns, so that a disturbance meets all of them alike; see [RateRun] for what counts.
final class RateMeasurement {
  /// For the runs that count.
  private static final long BUDGET_NANOS = 15_000_000;

  private static final int FEWEST_TURNS = 3;
  private static final int MOST_TURNS = 8;
  private static final long MEMORY = 4L << 30;

  /// Repetitions of taking off; more change nothing.
  private static final int ROUNDS = 60;

  /// What a rate is at least, of what its run took in all: noise may leave less than nothing.
  private static final double LEAST = 0.01;

  private static final String IMAGE = "image";
  private static final String WIDE = "wide";
  private static final String FEATURES = "features";
  private static final String BEFORE = "before";
  private static final String PICTURE = "picture";
  private static final String LOW = "low";

  private final Backend backend;
  private final RateModel model = new RateModel();

  RateMeasurement(final Backend backend) {
    this.backend = backend;
  }

  /// Nanoseconds of one thread of a backend, for some kinds of work and those that these need.
  ///
  /// @param known rates that stand
  Map<Work, Double> of(final Set<Work> asked, final Map<Work, Double> known) {
    final var needed = needed(asked, known.keySet());
    try (var one = backend.single(MEMORY);
        var weights = model.weights(one)) {
      final var runs = new ArrayList<RateRun>();
      try {
        needed.forEach(kind -> runs.add(new RateRun(one, weights, model.graph(), kind)));
        return rates(runs, known);
      } finally {
        runs.forEach(RateRun::close);
      }
    }
  }

  /// The runs that give some rates: theirs, and those of whatever else these runs do.
  private List<RateRun.Kind> needed(final Set<Work> asked, final Set<Work> known) {
    final var kinds = new LinkedHashMap<Work, RateRun.Kind>();
    final var open = EnumSet.noneOf(Work.class);
    open.addAll(asked);
    // What is handed over is measured along with a run that has a large table.
    if (open.contains(Work.MOVED)) {
      open.add(Work.IMAGE);
    }
    while (true) {
      open.removeAll(known);
      open.removeAll(kinds.keySet());
      open.remove(Work.MOVED);
      if (open.isEmpty()) {
        return List.copyOf(kinds.values());
      }
      final var next = open.iterator().next();
      kinds.put(next, kind(next));
      open.addAll(kinds.get(next).work().kinds());
    }
  }

  private Map<Work, Double> rates(final List<RateRun> runs, final Map<Work, Double> known) {
    final var clock = ManagementFactory.getThreadMXBean();
    runs.forEach(RateRun::warm);
    final long end = clock.getCurrentThreadCpuTime() + BUDGET_NANOS;
    for (int i = 0;
        i < FEWEST_TURNS || (i < MOST_TURNS && clock.getCurrentThreadCpuTime() < end);
        i++) {
      runs.forEach(RateRun::time);
    }
    final var rates = new EnumMap<Work, Double>(Work.class);
    rates.putAll(known);
    runs.stream()
        .filter(run -> run.kind().main() == Work.IMAGE)
        .forEach(run -> rates.putIfAbsent(Work.MOVED, run.moved()));
    for (int round = 0; round < ROUNDS; round++) {
      for (final var run : runs) {
        final var main = run.kind().main();
        final var work = run.kind().work();
        double others = 0;
        for (final var kind : work.kinds()) {
          others += kind == main ? 0 : work.of(kind) * rates.getOrDefault(kind, 0.0);
        }
        rates.put(main, Math.max(run.each() - others, LEAST * run.each()) / work.of(main));
      }
    }
    return rates;
  }

  /// The run that one kind of work takes most of the time of. A patch of many channels is left to
  /// one of them: others begin with an element or a channel.
  private RateRun.Kind kind(final Work main) {
    final var wide = model.site(WIDE);
    final var features = model.site(FEATURES);
    final var first = new Unit("0", List.of(new UnitRange(0, 1)));
    final var inside = new Unit("inside", List.of(new UnitRange(30 * 64 + 30, 30 * 64 + 31)));
    return switch (main) {
      case WIDE -> whole(main, FEATURES, IMAGE);
      case IMAGE -> carried(main, FEATURES, IMAGE, first, 1);
      case LINEAR -> whole(main, "lowest", "code");
      case OTHER -> whole(main, "small", "other");
      case ELEMENT -> whole(main, FEATURES, FEATURES);
      case CARRIED, ROUNDED ->
          kind(main, BEFORE, WIDE, model.site(BEFORE).channelUnits().get(1), 2, precision(main));
      case WEIGHT, ROUNDED_WEIGHT -> kind(main, BEFORE, WIDE, first, 2, precision(main));
      case DOWN, ROUNDED_DOWN ->
          kind(main, PICTURE, LOW, model.site(PICTURE).whole(), 2, precision(main));
      case DOWN_WEIGHT, ROUNDED_DOWN_WEIGHT -> kind(main, PICTURE, LOW, inside, 2, precision(main));
      case CARRIED_LINEAR ->
          carried(main, "lower", "code", model.site("lower").channelUnits().get(1), 2);
      case CHANGED -> carried(main, FEATURES, WIDE, features.channelUnits().get(1), 1);
      case CARRIED_IMAGE -> carried(main, FEATURES, IMAGE, features.channelUnits().get(1), 2);
      case CARRIED_PIXEL -> carried(main, WIDE, IMAGE, wide.channelUnits().get(1), 1);
      case PATCHED -> carried(main, WIDE, IMAGE, wide.whole(), 1);
      case OWN -> own(main, "source");
      case INSTRUCTION ->
          own(main, "((clean + source) * clean - source) * (clean - (source + clean) * source)");
      case FUNCTION -> own(main, "tanh(exp(clean)) + sigmoid(exp(source))");
      case RANDOM -> own(main, "random");
      case LAYER -> carried(main, BEFORE, FEATURES, first, 1);
      case CELL -> nothing(first);
      case MOVED -> throw new IllegalArgumentException("no run of its own: work=" + main);
    };
  }

  private static Precision precision(final Work work) {
    return Work.rounded().contains(work) ? Precision.BF16 : Precision.FP32;
  }

  /// Cells that take a unit from a source.
  private RateRun.Kind carried(
      final Work main,
      final String site,
      final String measured,
      final Unit unit,
      final int layers) {
    return kind(main, site, measured, unit, layers, Precision.FP32);
  }

  private RateRun.Kind kind(
      final Work main,
      final String site,
      final String measured,
      final Unit unit,
      final int layers,
      final Precision precision) {
    final var routes = Routes.mixed(model.graph(), model.site(site), measured);
    final var way =
        routes.wayOfEqual(List.of(unit), Optional.of(routes.route(layers, false, precision)));
    return new RateRun.Kind(
        main,
        model.site(site),
        new SitePatch.Mixed(),
        unit,
        Coefficients.of(0, 0, 1),
        measured,
        way.route(),
        way.cell());
  }

  /// Cells that take a whole site from a source, computed whole.
  private RateRun.Kind whole(final Work main, final String name, final String measured) {
    final var site = model.site(name);
    final var way =
        Routes.mixed(model.graph(), site, measured).way(List.of(site.whole()), Optional.empty());
    return new RateRun.Kind(
        main,
        site,
        new SitePatch.Mixed(),
        site.whole(),
        Coefficients.of(0, 0, 1),
        measured,
        way.route(),
        way.cell());
  }

  /// Cells that an op of one's own changes the whole of a site in.
  private RateRun.Kind own(final Work main, final String expression) {
    final var site = model.site(WIDE);
    final var op = PatchOp.define("rate", expression);
    final var patch = new SitePatch.Custom(op);
    final var routes = new Routes(model.graph(), site, IMAGE, patch);
    final var route =
        backend.carries(op)
            ? Optional.of(routes.route(1, false, Precision.FP32))
            : Optional.<Route>empty();
    final var way = routes.way(List.of(site.whole()), route);
    return new RateRun.Kind(
        main, site, patch, site.whole(), Coefficients.of(0, 0, 0), IMAGE, way.route(), way.cell());
  }

  /// Cells that change nothing and are left out.
  private RateRun.Kind nothing(final Unit unit) {
    return new RateRun.Kind(
        Work.CELL,
        model.site(WIDE),
        new SitePatch.Mixed(),
        unit,
        Coefficients.of(1, 0, 0),
        IMAGE,
        Optional.of(new Route(IMAGE, 1, true, true)),
        WorkCount.NONE.plus(Work.CELL, 1));
  }
}
