package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.sweep.Cell.Change;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.VaeGraph;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Equal cells, ready to be run and timed. The quickest run counts: whatever disturbs only adds.
final class RateRun implements AutoCloseable {
  /// A run is as many rows as take at least so long: what a run takes whatever its rows, in code
  /// that is not compiled yet, is a small part of it then.
  private static final long RUN_NANOS = 700_000;

  /// More rows, until it is.
  private static final int GROWTH = 4;

  private static final int FEWEST_ROWS = 2;
  private static final int LARGE_ROWS = 32;
  private static final int SMALL_ROWS = 512;
  private static final int MOST_ROWS = 8192;
  private static final int BASES = 2;
  private static final int HANDED = 8;

  /// The least nanoseconds of an element that is handed over.
  private static final double LEAST_MOVED = 1e-3;

  private final ThreadMXBean clock = ManagementFactory.getThreadMXBean();
  private final Kind kind;
  private final Backend backend;
  private final Weights weights;
  private final Graph graph;
  private final PatchPoint point;
  private final Node effect;
  private final Program program;
  private final SiteArrays cells;
  private final Map.Entry<Node, Node> table;
  private final int capacity;
  private int rows;
  private double least = Double.MAX_VALUE;

  /// What each cell is.
  ///
  /// @param main what takes most of its time
  /// @param work all that it takes
  record Kind(
      Work main,
      Site site,
      SitePatch patch,
      Unit unit,
      Coefficients coefficients,
      String measured,
      Optional<Route> route,
      WorkCount work) {}

  /// @param backend of one thread
  RateRun(final Backend backend, final Weights weights, final Graph graph, final Kind kind) {
    this.kind = kind;
    this.backend = backend;
    this.weights = weights;
    this.graph = graph;
    final double operations = kind.work().operations();
    final boolean large = operations > RateModel.LARGE || kind.unit().size() > RateModel.SMALL;
    final int wanted =
        large
            ? Math.max(LARGE_ROWS, backend.preferredRows() / 8)
            : operations > RateModel.SMALL ? SMALL_ROWS : MOST_ROWS;
    final var name = kind.site().name();
    final var suffix = new Suffix(graph, Map.of(name, kind.patch()), kind.route(), false);
    this.effect = suffix.effect(new Effect(Effect.Kind.L2, kind.measured()));
    this.point = suffix.point(name);
    this.table =
        suffix.tables().entrySet().stream()
            .max(Comparator.comparingInt(t -> t.getValue().shape().rowSize()))
            .orElseThrow();
    this.cells =
        SiteArrays.of(
            name, List.of(Cell.of(0, new Change(name, kind.unit(), kind.coefficients(), 0))));
    final var loaded =
        BatchProgram.load(
            backend,
            weights,
            wanted,
            count -> Plan.of(suffix.graph(), List.of(effect), sizes(count)));
    this.capacity = loaded.rows();
    this.program = loaded.program();
    final var plan = Plan.of(suffix.graph(), List.of(effect), sizes(capacity));
    for (final var each : suffix.tables().values()) {
      program.write(each, RateModel.pattern(BASES * each.shape().rowSize(), 3));
    }
    final var base = new int[capacity];
    Arrays.setAll(base, i -> i * BASES / capacity);
    final var all = cells.repeated(capacity);
    for (final var given : plan.given()) {
      if (given.equals(point.sources())) {
        program.write(given, RateModel.pattern(BASES * kind.site().size(), 7));
      } else if (given.equals(suffix.baseIndex()) || given.equals(point.sourceIndex())) {
        program.write(given, base);
      } else if (given.equals(point.coefficients())) {
        program.write(given, all.numbers());
      } else if (given.equals(point.ranges())) {
        program.write(given, all.ranges());
      }
    }
    point
        .keys()
        .ifPresent(keys -> {
          program.write(keys.seed(), VaeGraph.Noise.seed(1));
          program.write(keys.ids(), VaeGraph.Noise.ids(new long[capacity], 0));
        });
  }

  Kind kind() {
    return kind;
  }

  private Sizes sizes(final int count) {
    return Sizes.of(Suffix.ROWS, count)
        .and(Suffix.BASES, BASES)
        .and(Suffix.SOURCES, BASES)
        .and(point.axis(), count * kind.unit().ranges().size());
  }

  /// Finds how many rows take long enough.
  void warm() {
    rows = Math.min(capacity, FEWEST_ROWS);
    nanos();
    while (time() < RUN_NANOS && rows < capacity) {
      rows = Math.min(capacity, rows * GROWTH);
    }
  }

  /// Runs them; gives the nanoseconds of all.
  long time() {
    final long took = nanos();
    least = Math.min(least, (double) took / rows);
    return took;
  }

  private long nanos() {
    final var sizes = sizes(rows);
    final long begin = clock.getCurrentThreadCpuTime();
    program.run(sizes);
    program.fired(point.patch());
    program.read(effect);
    return clock.getCurrentThreadCpuTime() - begin;
  }

  /// Of a cell.
  double each() {
    return least;
  }

  /// Nanoseconds of an element that is handed from one program to another.
  double moved() {
    final var of = table.getKey();
    final int count = BASES * of.shape().rowSize();
    final var plan = Plan.of(graph, List.of(of), Sizes.of(RateModel.ROWS, BASES));
    try (var before = backend.load(plan, weights)) {
      before.run(Sizes.of(RateModel.ROWS, BASES));
      double each = Double.MAX_VALUE;
      for (int i = 0; i < HANDED; i++) {
        final long begin = clock.getCurrentThreadCpuTime();
        program.write(table.getValue(), before, of, 0);
        each = Math.min(each, (double) (clock.getCurrentThreadCpuTime() - begin) / count);
      }
      return Math.max(each, LEAST_MOVED);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
