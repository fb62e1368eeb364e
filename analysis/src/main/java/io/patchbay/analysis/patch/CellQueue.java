package io.patchbay.analysis.patch;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.sweep.route.OwnDirections;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Interchanges at the only site of a runner, asked for one after the other and run as many at a
/// time as the runner takes. Where the backend goes on alone, the next ones are gathered and
/// started while those before them run. What a cell gives does not depend on it.
///
/// Between the first cell and [#finish] nothing is changed that its cells read, and the runner runs
/// nothing else.
public final class CellQueue {
  /// Cells of the first batch where the backend goes on alone; each next one has twice as many as
  /// the one before. So it has something to do soon, and while the next ones are gathered.
  private static final int FIRST = 4096;

  private final PatchRunner runner;
  private final String site;
  private final Node output;
  private final boolean isAhead;
  private final Consumer<Ran> results;
  private final int[] bases;
  private final int[] sources;
  private final int[] directions;
  private final int[] which;
  private final IdentityHashMap<Unit, Integer> numbers = new IdentityHashMap<>();
  private List<Unit> units = new ArrayList<>();
  private int batch;
  private int count;
  private Optional<Changes> last = Optional.empty();
  private Optional<Started> running = Optional.empty();

  /// Cells that have run, in the order in which they were asked for.
  ///
  /// @param directions of each cell the number that came with it
  /// @param values of each cell the product, see [PatchRunner#products], or the value of a site,
  ///   (C, H, W)
  @SuppressWarnings("ArrayRecordComponent") // handed over
  public record Ran(int[] bases, int[] directions, float[] values) {}

  /// What is changed in each cell of a batch: often the same as in the batch before.
  @SuppressWarnings("ArrayRecordComponent") // never changed
  private record Changes(List<Unit> units, int[] which, SiteArrays arrays) {}

  @SuppressWarnings("ArrayRecordComponent") // never changed
  private record Started(int[] bases, int[] directions, RunningCells run) {}

  private CellQueue(
      final PatchRunner runner,
      final Backend backend,
      final Node output,
      final Consumer<Ran> results) {
    if (runner.sites().size() != 1) {
      throw new IllegalArgumentException("not of one site: sites=" + runner.sites());
    }
    this.runner = runner;
    this.site = runner.sites().getFirst();
    this.output = output;
    this.isAhead = backend.isAhead();
    this.results = results;
    final int most = runner.atOnce();
    this.bases = new int[most];
    this.sources = new int[most];
    this.directions = new int[most];
    this.which = new int[most];
    this.batch = first();
  }

  private int first() {
    return isAhead ? Math.min(FIRST, which.length) : which.length;
  }

  /// Of the product of each cell with its own direction.
  ///
  /// @param runner see [OwnDirections]
  /// @param backend that it runs on
  /// @param results hears of the cells batch by batch
  public static CellQueue products(
      final PatchRunner runner, final Backend backend, final Consumer<Ran> results) {
    return new CellQueue(runner, backend, runner.planned().products(), results);
  }

  /// Of the value of a site in each cell.
  ///
  /// @param value one of the runner's
  public static CellQueue values(
      final PatchRunner runner,
      final Backend backend,
      final String value,
      final Consumer<Ran> results) {
    return new CellQueue(runner, backend, runner.planned(value), results);
  }

  /// Cells of a batch, at most.
  public int atOnce() {
    return which.length;
  }

  /// The base with `unit` taken from a source.
  ///
  /// @param direction its own, where cells have one
  public void interchange(final int base, final Unit unit, final int source, final int direction) {
    add(base, number(unit), source, direction);
  }

  /// The base as it is.
  ///
  /// @param direction as above
  public void unchanged(final int base, final int direction) {
    add(base, SiteArrays.NO_UNIT, 0, direction);
  }

  private int number(final Unit unit) {
    final var known = numbers.get(unit);
    if (known != null) {
      return known;
    }
    numbers.put(unit, units.size());
    units.add(unit);
    return units.size() - 1;
  }

  private void add(final int base, final int unit, final int source, final int direction) {
    runner.checkBase(base);
    bases[count] = base;
    which[count] = unit;
    sources[count] = source;
    directions[count++] = direction;
    if (count == batch) {
      start();
      batch = Math.min(which.length, 2 * batch);
    }
  }

  /// Runs what is left.
  ///
  /// @throws IllegalStateException when a patch did not fire exactly as planned
  public void finish() {
    if (count > 0) {
      start();
    }
    collect();
    batch = first();
  }

  private void start() {
    final var of = Arrays.copyOf(bases, count);
    final var along = Arrays.copyOf(directions, count);
    final var arrays = changes(CellIndex.of(Arrays.copyOf(sources, count)));
    count = 0;
    final var cells = new CellBatch(CellIndex.of(of), along, Map.of(site, arrays));
    final var now = new Started(of, along, runner.start(cells, output));
    collect();
    running = Optional.of(now);
    if (!isAhead) {
      collect();
    }
  }

  private SiteArrays changes(final CellIndex taken) {
    final var now = Arrays.copyOf(which, count);
    final var before = last.filter(l -> Arrays.equals(l.which(), now) && l.units().equals(units));
    final var arrays =
        before
            .map(l -> l.arrays().from(taken))
            .orElseGet(() -> SiteArrays.interchanges(units, now, taken));
    if (before.isEmpty()) {
      last = Optional.of(new Changes(units, now, arrays));
    }
    units = new ArrayList<>();
    numbers.clear();
    return arrays;
  }

  private void collect() {
    final var ended = running;
    running = Optional.empty();
    ended.ifPresent(of -> {
      of.run().end();
      results.accept(new Ran(of.bases(), of.directions(), of.run().read(output)));
    });
  }
}
