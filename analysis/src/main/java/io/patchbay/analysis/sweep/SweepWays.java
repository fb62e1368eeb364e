package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.sweep.SweepPlan.Pool;
import io.patchbay.analysis.sweep.Way.Extent;
import io.patchbay.engine.Backend;
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
/// @param extent of the whole sweep
record SweepWays(List<Way> ways, boolean batched, Extent extent) {
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
    final boolean batched = BatchedCells.fit(plan);
    final var ways =
        batched
            ? CarriedPrecision.require(
                new Routes(
                        graph,
                        sites.getFirst(),
                        plan.measured(),
                        Objects.requireNonNull(patches.get(sites.getFirst().name())))
                    .ways(
                        units.stream().map(u -> u.parts().getFirst()).toList(),
                        true,
                        plan.precision()),
                plan.precision(),
                sites.getFirst().name(),
                plan.measured())
            : List.of(Routes.whole(graph, patches, plan.effect(), plan.measured()));
    return new SweepWays(ways, batched, extent(plan, plan.inputs(), units.size()));
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

  /// What is to stand in the plan of a new folder; nothing where there is nothing to choose.
  ///
  /// @param asked a way by its name, else the cheapest is taken
  Optional<String> chosen(final Backend backend, final Optional<String> asked) {
    if (!batched) {
      return Optional.empty();
    }
    if (asked.isPresent() || ways.size() == 1) {
      return Optional.of(asked.orElse(ways.getFirst().name()));
    }
    return Optional.of(cheapest(rates(backend)).name());
  }

  /// The rates that they are judged by.
  MachineRates rates(final Backend backend) {
    final var kinds = EnumSet.noneOf(Work.class);
    ways.forEach(way -> kinds.addAll(way.kinds()));
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
