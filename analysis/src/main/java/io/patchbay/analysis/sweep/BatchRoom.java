package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.patch.Suffix;
import io.patchbay.analysis.patch.Together;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// How many base inputs of a sweep are computed together, and what is held of all of them: as much
/// as is useful and as the memory has room for. What a cell gives does not depend on it.
///
/// @param together base inputs
record BatchRoom(Held held, int together, Room room) {
  /// Cells of one run, about: enough that starting it costs nothing.
  private static final int CELLS = 1 << 16;

  /// A base has several cells, so fewer bases than rows keep a backend busy.
  private static final int CELLS_PER_BASE = 8;

  /// What is held of all inputs of the sweep at once.
  enum Held {
    /// Nothing: bases and sources are computed batch by batch.
    NOTHING,
    /// What cells take.
    SOURCES,
    /// All that cells read.
    BASES
  }

  /// @param inputs of the sweep
  /// @throws BadInputException when the cells of one input, or what is to be held, do not fit
  static BatchRoom of(
      final Subject subject,
      final SweepPlan plan,
      final Site site,
      final SitePatch patch,
      final List<JointUnit> units,
      final int inputs,
      final Climb climb) {
    final var model = ShardRunner.graph(subject, false);
    final var effect = plan.effect().orElseThrow();
    final var routes =
        climb.again().isEmpty() ? List.of(climb.route()) : List.of(climb.route(), climb.again());
    final long base =
        routes.stream().mapToLong(route -> floatsPerBase(model, site, patch, effect, route)).sum();
    final long taken = (long) routes.size() * site.size();
    final long input = model.image().shape().rowSize() + base + taken;
    final boolean others = plan.places().getFirst().operation().source() == Source.OTHER_INPUT;
    final int sources = others ? plan.sourcesPerValue() : 1;
    // Half of what is free is for values inside of a run, and for passing values on.
    final long free = subject.backend().freeFloats() / 2;
    final var limit = subject.backend().hasOwnMemory() ? "--device" : "--host-memory";
    final var sizes =
        new Needs(
            inputs,
            Together.runs(subject.backend()),
            base,
            taken,
            input,
            sources,
            routes.size() * cellFloats(units) * plan.variations());
    final var held =
        plan.pool() == SweepPlan.Pool.INPUTS && others
            ? sizes
                .held(free)
                .orElseThrow(() ->
                    new BadInputException(
                        "--sources-from",
                        "inputs",
                        "activations of " + inputs + " inputs at " + site.name(),
                        "at most "
                            + sizes.most(free)
                            + " inputs with this "
                            + limit
                            + ", or --sources-from data"))
            : Held.NOTHING;
    final long rest = free - sizes.taken(held);
    if (sizes.each(held) > rest) {
      throw new BadInputException(
          limit,
          "free for a batch",
          rest * Float.BYTES + " bytes",
          "the " + sizes.each(held) * Float.BYTES + " of one input with its cells and sources");
    }
    final long cells = (long) units.size() * plan.variations();
    final int most = Math.max(1, subject.backend().preferredRows() / CELLS_PER_BASE);
    final int fitting = cellsAtOnce(subject, model, site, patch, effect, climb.route(), CELLS);
    final long useful = Math.clamp(Math.min(fitting / cells, inputs), 1, most);
    final int together = (int) Math.min(useful, rest / sizes.each(held));
    return new BatchRoom(
        held,
        together,
        switch (held) {
          case NOTHING -> new Room(together, together * sources);
          case SOURCES -> new Room(together, inputs, together, sizes.atOnce());
          case BASES -> new Room(inputs, Capacity.AMONG_BASES, together, sizes.atOnce());
        });
  }

  /// Floats that each base takes which is held, on a route.
  private static long floatsPerBase(
      final VaeGraph model,
      final Site site,
      final SitePatch patch,
      final Effect effect,
      final Optional<Route> route) {
    final var suffix = new Suffix(model.graph(), Map.of(site.name(), patch), route, true);
    suffix.effect(effect);
    return suffix.tables().values().stream().mapToLong(table -> table.shape().rowSize()).sum();
  }

  /// How many cells, of some that are wanted, a backend has room for at a time, beside what they
  /// read.
  private static int cellsAtOnce(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final SitePatch patch,
      final Effect effect,
      final Optional<Route> route,
      final int wanted) {
    final var suffix = new Suffix(model.graph(), Map.of(site.name(), patch), route, false);
    final var outputs = List.of(suffix.effect(effect));
    final var ranges = suffix.point(site.name()).axis();
    return subject
        .backend()
        .rows(
            wanted,
            subject.weights(),
            rows ->
                Plan.of(
                    suffix.graph(),
                    outputs,
                    Sizes.of(Suffix.ROWS, rows)
                        .and(Suffix.BASES, 1)
                        .and(Suffix.SOURCES, 1)
                        .and(ranges, rows)));
  }

  /// The same with fewer base inputs together, whose cells have to fit at once unless it is one.
  BatchRoom with(final int fewer) {
    final boolean whole = fewer > 1;
    return new BatchRoom(
        held,
        fewer,
        switch (held) {
          case NOTHING -> {
            final int taken = room.sources() / together * fewer;
            yield new Room(fewer, taken, fewer, Math.max(fewer, taken), whole);
          }
          case SOURCES -> new Room(fewer, room.sources(), fewer, room.inputs(), whole);
          case BASES -> new Room(room.bases(), room.sources(), fewer, room.inputs(), whole);
        });
  }

  /// What there is, and the floats that each of it takes.
  ///
  /// @param together inputs that are run together, where there are as many
  /// @param base clean values of a base input
  /// @param site of an input that cells take from
  /// @param run an input that is run
  /// @param sources inputs that the cells of a base take from
  /// @param cells of one base
  private record Needs(
      int inputs, int together, long base, long site, long run, int sources, long cells) {
    int atOnce() {
      return Math.min(together, inputs);
    }

    /// What can be held of all inputs: as much as leaves room for the cells of one.
    Optional<Held> held(final long free) {
      return Stream.of(Held.BASES, Held.SOURCES)
          .filter(h -> taken(h) + each(h) <= free)
          .findFirst();
    }

    /// Inputs whose activations can be held.
    long most(final long free) {
      final long fixed = taken(Held.SOURCES) - inputs * site + each(Held.SOURCES);
      return Math.max(0, (free - fixed) / site);
    }

    /// For all inputs.
    long taken(final Held held) {
      return switch (held) {
        case NOTHING -> 0;
        case SOURCES -> inputs * site + atOnce() * run;
        case BASES -> inputs * base + atOnce() * run;
      };
    }

    /// For each input of a batch.
    long each(final Held held) {
      return cells
          + switch (held) {
            case NOTHING -> base + sources * site + sources * run;
            case SOURCES -> base;
            case BASES -> 0;
          };
    }
  }

  /// Floats of all units in one variation.
  private static long cellFloats(final List<JointUnit> units) {
    return units.stream()
        .mapToLong(u -> Together.words(u.parts().getFirst().ranges().size()))
        .sum();
  }
}
