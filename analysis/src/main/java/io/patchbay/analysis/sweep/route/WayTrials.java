package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchPoint;
import io.patchbay.analysis.patch.SiteArrays;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.patch.Suffix;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Ways of a sweep, timed: for devices on which several layers run as one kernel, so that rates of
/// single kinds of work say little about a way ([io.patchbay.engine.Backend#ratesAdd]).
///
/// Of each way some thousand cells are run on made-up values, of units of the sweep, spread over
/// all of them. Each takes its unit from a source: other changes read less, by all ways alike.
final class WayTrials {
  private static final int MOST_UNITS = 64;
  private static final int MOST_CELLS = 4096;
  private static final int RUNS = 3;

  private final Subject subject;
  private final Graph graph;
  private final Site site;
  private final String measured;
  private final List<Unit> units;
  private final int cells;

  WayTrials(
      final Subject subject,
      final Graph graph,
      final Site site,
      final String measured,
      final List<Unit> units) {
    this.subject = subject;
    this.graph = graph;
    this.site = site;
    this.measured = measured;
    this.units = UnitSpread.of(units, MOST_UNITS);
    this.cells = Math.clamp(subject.backend().preferredRows() / 2, 1, MOST_CELLS);
  }

  /// The ways with nanoseconds of a cell by the clock.
  List<Way> timed(final List<Way> ways) {
    return ways.size() == 1 ? ways : ways.stream().map(way -> way.timed(nanos(way))).toList();
  }

  /// With as many cells at a time as there is memory for.
  private double nanos(final Way way) {
    int now = cells;
    while (true) {
      try (var trial = new Trial(way, now)) {
        trial.run();
        return IntStream.range(0, RUNS).mapToLong(_ -> trial.run()).min().orElseThrow()
            / (double) now;
      } catch (final DeviceMemoryException e) {
        if (now == 1) {
          throw e.with("with 1 row");
        }
        subject.backend().shortages().meet(e, now, now / 2);
        now /= 2;
      }
    }
  }

  private final class Trial implements AutoCloseable {
    private final PatchPoint point;
    private final Node effect;
    private final Program program;
    private final Sizes sizes;
    private final int[] base;

    Trial(final Way way, final int cells) {
      final int bases = Math.ceilDiv(cells, MOST_UNITS);
      this.base = new int[cells];
      final var suffix =
          new Suffix(graph, SitePatch.mixed(List.of(site.name())), way.route(), false);
      this.effect = suffix.effect(new Effect(Effect.Kind.L2, measured));
      this.point = suffix.point(site.name());
      final var arrays =
          SiteArrays.of(
              site.name(),
              IntStream.range(0, cells)
                  .mapToObj(i ->
                      Cell.of(
                          0,
                          new Change(
                              site.name(),
                              units.get(i % units.size()),
                              Coefficients.of(0, 0, 1),
                              0)))
                  .toList());
      this.sizes =
          Sizes.of(Suffix.ROWS, cells)
              .and(Suffix.BASES, bases)
              .and(Suffix.SOURCES, bases)
              .and(point.axis(), arrays.ranges().length / 3);
      final var plan = Plan.of(suffix.graph(), List.of(effect), sizes);
      this.program = subject.backend().load(plan, subject.weights());
      for (final var table : suffix.tables().values()) {
        program.write(table, RateModel.pattern(bases * table.shape().rowSize(), 3));
      }
      program.write(point.sources(), RateModel.pattern(bases * site.size(), 7));
      Arrays.setAll(base, i -> i * bases / cells);
      program.write(suffix.baseIndex(), base);
      program.write(point.coefficients(), arrays.numbers());
      program.write(point.ranges(), arrays.ranges());
    }

    /// @return nanoseconds
    long run() {
      final long begin = System.nanoTime();
      program.write(point.sourceIndex(), base);
      program.run(sizes);
      program.fired(point.patch());
      program.read(effect);
      return System.nanoTime() - begin;
    }

    @Override
    public void close() {
      program.close();
    }
  }
}
