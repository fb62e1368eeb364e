package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.folder.SweepPlan.Pool;
import io.patchbay.analysis.sweep.route.CarriedPrecision;
import io.patchbay.analysis.sweep.route.Ladder;
import io.patchbay.analysis.sweep.route.MachineRates;
import io.patchbay.analysis.sweep.route.Routes;
import io.patchbay.analysis.sweep.route.Way;
import io.patchbay.analysis.sweep.route.Way.Extent;
import io.patchbay.analysis.sweep.route.Work;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Precision;
import io.patchbay.vae.io.BadInputException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The ways that a sweep can go. Which one it goes is decided once, for all of it.
///
/// @param ways all of them; the whole one first, if it is one of them
/// @param batched whether there may be others than the whole one
/// @param exact the one that measures the change itself in float32, whether it is one of them or
///   not
/// @param extent of the whole sweep
record SweepWays(List<Way> ways, boolean batched, Optional<Way> exact, Extent extent) {
  SweepWays {
    ways = List.copyOf(ways);
  }

  static SweepWays of(
      final Subject subject,
      final SweepPlan plan,
      final List<Site> sites,
      final List<JointUnit> units,
      final Map<String, SitePatch> patches) {
    final var graph = ShardRunner.graph(subject, plan.draws() > 0).graph();
    final boolean batched = plan.batched();
    final var extent = extent(plan, plan.inputs(), units.size());
    if (!batched) {
      final var whole = Routes.whole(graph, patches, plan.effect(), plan.measured());
      return new SweepWays(List.of(whole), false, Optional.empty(), extent);
    }
    final var site = sites.getFirst();
    final var patch = Objects.requireNonNull(patches.get(site.name()));
    final var routes = new Routes(graph, site, plan.measured(), patch);
    final var parts = units.stream().map(u -> u.parts().getFirst()).toList();
    final var single = routes.ways(parts, true);
    final var ways =
        plan.precision() == Precision.FP32
            ? single
            : CarriedPrecision.require(
                routes.ways(parts, true, plan.precision()),
                plan.precision(),
                site.name(),
                plan.measured());
    return new SweepWays(ways, true, single.stream().filter(Way::measures).findFirst(), extent);
  }

  static Extent extent(final SweepPlan plan, final int inputs, final long units) {
    final double bases = (double) inputs * plan.columns();
    final boolean taken =
        plan.places().stream()
            .anyMatch(place ->
                switch (place.operation().source()) {
                  case OTHER_INPUT, RENDERED -> true;
                  case NONE, MEAN, BASE, POSTERIOR, NOISE -> false;
                });
    // Sources among the inputs are the bases themselves.
    final double each = plan.pool() == Pool.INPUTS ? 0 : plan.sourceRows();
    return new Extent(bases, taken ? bases * each : 0, bases * units * plan.variations());
  }

  /// With what their cells take by the clock, where the device has to be asked.
  SweepWays timed(
      final Subject subject, final SweepPlan plan, final Site site, final List<JointUnit> units) {
    if (!batched) {
      return this;
    }
    final var graph = ShardRunner.graph(subject, plan.draws() > 0).graph();
    final var single = units.stream().map(u -> u.parts().getFirst()).toList();
    final var routes = Routes.mixed(graph, site, plan.measured());
    return new SweepWays(routes.timed(subject, ways, single), true, exact, extent);
  }

  /// The way of a new folder's cells; nothing where there is nothing to choose.
  ///
  /// @param asked a way by its name, else the cheapest is taken
  Optional<Way> chosen(
      final Subject subject,
      final SweepPlan plan,
      final Site site,
      final List<JointUnit> units,
      final Optional<String> asked) {
    if (!batched) {
      return Optional.empty();
    }
    if (asked.isPresent() || ways.size() == 1) {
      return Optional.of(asked.isPresent() ? named(asked) : ways.getFirst());
    }
    return Optional.of(timed(subject, plan, site, units).cheapest(rates(subject.backend())));
  }

  /// What may take most memory, about.
  Climb largest() {
    final var first = ways.getFirst();
    return new Climb(
        first.route(),
        ways.size() == 1 && Ladder.under(first.route())
            ? exact.flatMap(Way::route)
            : Optional.empty(),
        0);
  }

  /// How cells go by a way that stands in `plan.json`, with its ladder.
  ///
  /// @throws BadInputException when there is no such way
  Climb climb(final Optional<String> route, final Optional<Ladder> ladder) {
    final var by = named(route).route();
    if (ladder.isEmpty()) {
      return Climb.by(by);
    }
    final var again = ladder.get().again();
    final var way =
        exact
            .filter(w -> w.name().equals(again))
            .orElseThrow(() ->
                new BadInputException(
                    "plan.json", "ladder", again, "" + exact.map(Way::name).orElse("none")));
    return new Climb(by, way.route(), ladder.get().threshold());
  }

  /// The rates that they are judged by.
  MachineRates rates(final Backend backend) {
    final var kinds = EnumSet.noneOf(Work.class);
    ways.forEach(way -> kinds.addAll(way.kinds()));
    exact.ifPresent(way -> kinds.addAll(way.kinds()));
    return MachineRates.of(backend, kinds);
  }

  Way cheapest(final MachineRates rates) {
    return Routes.cheapest(ways.stream(), rates, extent);
  }

  /// A way by the name that it has in `plan.json`; without a name the whole one.
  ///
  /// @throws BadInputException when there is no such way
  Way named(final Optional<String> name) {
    final var asked = name.orElse(Route.name(Optional.empty()));
    return ways.stream()
        .filter(way -> way.name().equals(asked))
        .findFirst()
        .orElseThrow(() ->
            new BadInputException(
                "plan.json", "route", asked, "one of " + ways.stream().map(Way::name).toList()));
  }
}
