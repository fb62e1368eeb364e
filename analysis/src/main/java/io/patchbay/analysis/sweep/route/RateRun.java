package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchPoint;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SiteArrays;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Suffix;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Equal cells, ready to be run and timed: many of them, less what few of them take. The quickest
/// runs count: whatever disturbs only adds.
final class RateRun implements AutoCloseable {
  /// A run of many is about so long, by what is guessed of its cells: in code that is not compiled
  /// yet a run takes some 40 us whatever its rows.
  private static final double RUN_NANOS = 250_000;

  private static final double CELL_NANOS = 100;
  private static final double OPERATION_NANOS = 0.01;

  /// A run of few has such a part of the rows.
  private static final int PART = 4;

  private static final int FEWEST_ROWS = 16;

  /// Of cells that hold a value each, which takes memory.
  private static final int LARGE_ROWS = 64;

  private static final int MOST_ROWS = 2048;
  private static final int GROUPS = 64;
  private static final int BASES = 2;
  private static final int HANDED = 4;

  /// What cells take at least, of what a run of them takes.
  private static final double LEAST_SHARE = 0.01;

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
  private double few = Double.MAX_VALUE;
  private double many = Double.MAX_VALUE;

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
    final double guess = CELL_NANOS + OPERATION_NANOS * kind.work().operations();
    final boolean holds = kind.route().filter(Route::measures).isEmpty();
    final int least = backend.hasOwnMemory() ? backend.preferredRows() / 8 : FEWEST_ROWS;
    final int most = Math.max(holds ? LARGE_ROWS : MOST_ROWS, least);
    final int rows = (int) Math.clamp(RUN_NANOS / guess, least, most);
    // Of whole groups, which linear layers of changes take cells in.
    final int wanted = rows < GROUPS ? rows : rows / GROUPS * GROUPS;
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
    final var plans = new ArrayList<Plan>();
    final var loaded =
        BatchProgram.load(
            backend,
            weights,
            wanted,
            count -> {
              plans.add(Plan.of(suffix.graph(), List.of(effect), sizes(count)));
              return plans.getLast();
            });
    this.capacity = loaded.rows();
    this.program = loaded.program();
    for (final var each : suffix.tables().values()) {
      program.write(each, RateModel.pattern(BASES * each.shape().rowSize(), 3));
    }
    final var base = new int[capacity];
    Arrays.setAll(base, i -> i * BASES / capacity);
    final var all = cells.repeated(capacity);
    for (final var given : plans.getLast().given()) {
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

  private int part() {
    return Math.max(1, capacity / PART);
  }

  /// Loads the code, of which nothing counts.
  void warm() {
    nanos(1);
  }

  /// Runs few and many, after some that bring into the cache what others' runs have driven out.
  void time() {
    nanos(part());
    few = Math.min(few, nanos(part()));
    many = Math.min(many, nanos(capacity));
  }

  private double nanos(final int rows) {
    final var sizes = sizes(rows);
    final long begin = clock.getCurrentThreadCpuTime();
    program.run(sizes);
    program.fired(point.patch());
    program.read(effect);
    return clock.getCurrentThreadCpuTime() - begin;
  }

  /// Of a cell.
  double each() {
    return capacity > 1 ? Math.max(many - few, many * LEAST_SHARE) / (capacity - part()) : many;
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
