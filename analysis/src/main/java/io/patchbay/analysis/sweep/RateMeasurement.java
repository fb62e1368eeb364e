package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.sweep.Cell.Change;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Measures a backend's rates: small sweeps on a small made-up model ([RateModel]), each made so
/// that one kind of work takes most of its time. What is known of the other kinds is taken off, and
/// that is repeated until the rates stand still; so as many runs as kinds give all rates.
///
/// They run on one thread and are timed by its own clock, which stands while others have the core;
/// in turns, so that a disturbance meets all of them alike; and a median of each counts. Once the
/// classes are warm all of it takes less than a tenth of a second, but on a slow backend, where
/// each is run once.
final class RateMeasurement {
  /// For the runs that count.
  private static final long BUDGET_NANOS = 60_000_000;

  /// A run is as many rows as take this long.
  private static final long RUN_NANOS = 300_000;

  private static final int FEWEST_ROWS = 2;
  private static final int LEAST_CAPACITY = 2;
  private static final int TRIES = 2;
  private static final int MOST_RUNS = 24;
  private static final int BASES = 2;
  private static final long MEMORY = 4L << 30;

  /// Repetitions of taking off; more change nothing.
  private static final int ROUNDS = 60;

  /// The least nanoseconds of an element that is handed over.
  private static final double LEAST_MOVED = 1e-3;

  /// What a rate is at least, of what its run took in all: noise may leave less than nothing.
  private static final double LEAST = 0.01;

  private final ThreadMXBean clock = ManagementFactory.getThreadMXBean();
  private final Backend backend;
  private final Weights weights;
  private final RateModel model;

  private RateMeasurement(final Backend backend, final RateModel model, final Weights weights) {
    this.backend = backend;
    this.model = model;
    this.weights = weights;
  }

  /// Nanoseconds of one thread of a backend like this one, for each kind of work.
  static Map<Work, Double> of(final String backend) {
    final var model = new RateModel();
    try (var one = Backends.open(backend, new Settings(1, MEMORY)).backend();
        var weights = model.weights(one)) {
      return new RateMeasurement(one, model, weights).measure();
    }
  }

  private Map<Work, Double> measure() {
    final var runs = new ArrayList<Run>();
    try {
      final var wide = model.site("wide");
      final var features = model.site("features");
      final var one = new Unit("0", wide.elementUnits().getFirst().ranges());
      final var pixel = features.rectangle(2, 2, 1, 1);
      final var corner = new Unit("0", features.elementUnits().getFirst().ranges());
      final var channel = features.channelUnits().get(1);
      runs.add(run(Work.ELEMENT, features, "features", features.whole(), 0));
      runs.add(run(Work.IMAGE, features, "image", corner, 1));
      runs.add(run(Work.WIDE, features, "image", features.whole(), 0));
      runs.add(run(Work.LINEAR, model.site("flat"), "linear", model.site("flat").whole(), 0));
      runs.add(run(Work.OTHER, model.site("small"), "other", model.site("small").whole(), 0));
      runs.add(nothing(wide, one));
      runs.add(run(Work.LAYER, wide, "image", one, 1));
      runs.add(run(Work.CARRIED, features, "wide", features.whole(), 1));
      runs.add(run(Work.WEIGHT, features, "wide", pixel, 1));
      runs.add(run(Work.CHANGED, features, "wide", channel, 1));
      runs.add(run(Work.CARRIED_PIXEL, wide, "image", wide.channelUnits().get(1), 1));
      runs.add(run(Work.CARRIED_IMAGE, features, "image", channel, 2));
      runs.add(run(Work.PATCHED, wide, "image", wide.whole(), 1));
      // At first they find out how slow code is that was never run.
      runs.forEach(Run::warm);
      runs.forEach(Run::warm);
      final long end = clock.getCurrentThreadCpuTime() + BUDGET_NANOS;
      final var times = new EnumMap<Work, Double>(Work.class);
      final double moved = runs.get(1).moved();
      for (int i = 0; i < MOST_RUNS && (i == 0 || clock.getCurrentThreadCpuTime() < end); i++) {
        runs.forEach(Run::time);
      }
      runs.forEach(run -> times.put(run.main, run.median()));
      return rates(runs, times, moved);
    } finally {
      runs.forEach(run -> run.program.close());
    }
  }

  private static Map<Work, Double> rates(
      final List<Run> runs, final Map<Work, Double> times, final double moved) {
    final var rates = new EnumMap<Work, Double>(Work.class);
    rates.put(Work.MOVED, moved);
    for (int round = 0; round < ROUNDS; round++) {
      for (final var run : runs) {
        final double all = times.getOrDefault(run.main, 0.0);
        double others = 0;
        for (final var work : Work.values()) {
          others += work == run.main ? 0 : run.work.of(work) * rates.getOrDefault(work, 0.0);
        }
        rates.put(run.main, Math.max(all - others, LEAST * all) / run.work.of(run.main));
      }
    }
    return rates;
  }

  /// A run of cells that take a unit from a source.
  ///
  /// @param layers that carry the change; none where everything is computed whole
  private Run run(
      final Work main, final Site site, final String measured, final Unit unit, final int layers) {
    final var way =
        Routes.mixed(model.graph(), site, measured).ways(List.of(unit), false).get(layers);
    return new Run(main, site, unit, Coefficients.of(0, 0, 1), way, measured);
  }

  /// Cells that change nothing and are left out.
  private Run nothing(final Site site, final Unit unit) {
    final var route = Optional.of(new Route("image", 1, true, true));
    final var work = WorkCount.NONE.plus(Work.CELL, 1);
    final var way = new Way(route, work, WorkCount.NONE, WorkCount.NONE);
    return new Run(Work.CELL, site, unit, Coefficients.of(1, 0, 0), way, "image");
  }

  /// Cells of one kind, ready to run.
  private final class Run {
    private final Work main;
    private final WorkCount work;
    private final PatchPoint point;
    private final Node effect;
    private final Program program;
    private final SiteArrays cells;
    private final Map.Entry<Node, Node> table;
    private final int capacity;
    private final List<Double> times = new ArrayList<>();
    private int rows;

    Run(
        final Work main,
        final Site site,
        final Unit unit,
        final Coefficients coefficients,
        final Way way,
        final String measured) {
      this.main = main;
      this.work = way.cell();
      final int wanted =
          work.operations() > RateModel.LARGE
              ? Math.max(LEAST_CAPACITY, backend.preferredRows() / 8)
              : work.operations() > RateModel.SMALL ? 256 : 4096;
      final var suffix =
          new Suffix(model.graph(), SitePatch.mixed(List.of(site.name())), way.route(), false);
      this.effect = suffix.effect(new Effect(Effect.Kind.L2, measured));
      this.point = suffix.point(site.name());
      this.table =
          suffix.tables().entrySet().stream()
              .max(Comparator.comparingInt(t -> t.getValue().shape().rowSize()))
              .orElseThrow();
      this.cells =
          SiteArrays.of(
              site.name(), List.of(Cell.of(0, new Change(site.name(), unit, coefficients, 0))));
      final int ranges = unit.ranges().size();
      final var loaded =
          BatchProgram.load(
              backend,
              weights,
              wanted,
              rows ->
                  Plan.of(
                      suffix.graph(),
                      List.of(effect),
                      Sizes.of(Suffix.ROWS, rows)
                          .and(Suffix.BASES, BASES)
                          .and(Suffix.SOURCES, BASES)
                          .and(point.axis(), rows * ranges)));
      this.capacity = loaded.rows();
      this.program = loaded.program();
      for (final var each : suffix.tables().values()) {
        program.write(each, RateModel.pattern(BASES * each.shape().rowSize(), 3));
      }
      program.write(point.sources(), RateModel.pattern(BASES * site.size(), 7));
      final var all = cells.repeated(capacity);
      final var base = new int[capacity];
      Arrays.setAll(base, i -> i * BASES / capacity);
      program.write(suffix.baseIndex(), base);
      program.write(point.sourceIndex(), base);
      program.write(point.coefficients(), all.numbers());
      program.write(point.ranges(), all.ranges());
    }

    /// Finds how many rows take long enough.
    void warm() {
      rows = Math.min(capacity, FEWEST_ROWS);
      while (quickest() < RUN_NANOS && rows < capacity) {
        rows *= 2;
      }
    }

    /// Of some runs: the first ones of a program find nothing in the caches.
    private long quickest() {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < TRIES && least >= RUN_NANOS; i++) {
        least = Math.min(least, nanos());
      }
      return least;
    }

    private long nanos() {
      final var sizes =
          Sizes.of(Suffix.ROWS, rows)
              .and(Suffix.BASES, BASES)
              .and(Suffix.SOURCES, BASES)
              .and(point.axis(), rows * cells.ranges().length / 3);
      final long begin = clock.getCurrentThreadCpuTime();
      program.write(point.sourceIndex(), Arrays.copyOf(cells.sourceIndex().values(), rows));
      program.run(sizes);
      program.fired(point.patch());
      program.read(effect);
      return clock.getCurrentThreadCpuTime() - begin;
    }

    /// As code gets quicker, more rows take as long.
    void time() {
      final long took = nanos();
      times.add((double) took / rows);
      if (took < RUN_NANOS && rows < capacity) {
        rows *= 2;
      }
    }

    /// Of the later half: code gets quicker as it runs.
    double median() {
      final var later = times.subList(times.size() / 2, times.size());
      return later.stream().sorted().skip(later.size() / 2).findFirst().orElseThrow();
    }

    /// Nanoseconds of an element that is handed from one program to another.
    double moved() {
      final var of = table.getKey();
      final int count = BASES * of.shape().rowSize();
      final var plan = Plan.of(model.graph(), List.of(of), Sizes.of(RateModel.ROWS, BASES));
      try (var before = backend.load(plan, weights)) {
        before.run(Sizes.of(RateModel.ROWS, BASES));
        final var handed = new double[MOST_RUNS];
        for (int i = 0; i < handed.length; i++) {
          final long begin = clock.getCurrentThreadCpuTime();
          program.write(table.getValue(), before, of, 0);
          handed[i] = (double) (clock.getCurrentThreadCpuTime() - begin) / count;
        }
        Arrays.sort(handed);
        return Math.max(handed[handed.length / 2], LEAST_MOVED);
      }
    }
  }
}
