package io.patchbay.analysis.patch;

import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Running;
import io.patchbay.engine.Sizes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The program that computes cells, as many at a time as its device has memory for. What a batch
/// shares with the one before is not written again.
final class CellProgram implements AutoCloseable {
  private final Suffix suffix;
  private final Capacity capacity;
  private final List<String> sites;
  private final Optional<Node> own;
  private final BatchProgram batches;
  private final Program program;
  private final Parts parts;
  private final Set<Node> given;
  private final CustomValues custom;
  private final Map<Node, Object> written = new HashMap<>();

  /// @param sites how each patched site is changed
  /// @param directions the most that there are
  /// @param own the row of each cell's own direction, where it has one
  /// @param carries whether cells may be left out
  CellProgram(
      final Subject subject,
      final Suffix suffix,
      final Map<String, SitePatch> sites,
      final List<Node> outputs,
      final Capacity capacity,
      final int directions,
      final Optional<Node> own,
      final boolean carries) {
    this.suffix = suffix;
    this.capacity = capacity;
    this.sites = List.copyOf(sites.keySet());
    this.own = own;
    this.batches =
        BatchProgram.load(
            subject.backend(),
            subject.weights(),
            capacity.cells(),
            capacity.fewest(),
            rows -> Plan.of(suffix.graph(), outputs, most(rows, directions)));
    this.program = batches.program();
    this.given = Set.copyOf(Plan.of(suffix.graph(), outputs, most(1, directions)).given());
    final var patches = suffix.points().values().stream().map(PatchPoint::patch).toList();
    this.parts = new Parts(batches, outputs, carries ? patches : List.of());
    this.custom = new CustomValues(sites, suffix.points(), program);
  }

  /// The ranges of all cells may be those of a few.
  private Sizes most(final int cells, final int directions) {
    Sizes sizes = sizes(cells, capacity.bases(), capacity.sources(), directions);
    for (final var point : suffix.points().values()) {
      sizes = sizes.and(point.axis(), capacity.cells() * capacity.ranges());
    }
    return sizes;
  }

  private static Sizes sizes(
      final int cells, final int bases, final int sources, final int directions) {
    return Sizes.of(Suffix.ROWS, cells)
        .and(Suffix.BASES, bases)
        .and(Suffix.SOURCES, sources)
        .and(Suffix.DIRECTIONS, directions);
  }

  CustomValues custom() {
    return custom;
  }

  /// Whether cells read this value: an op that does not has no place for it.
  boolean reads(final Node node) {
    return given.contains(node);
  }

  void write(final Node node, final float[] values) {
    if (reads(node)) {
      program.write(node, values);
    }
  }

  private void write(final Node node, final CellIndex index) {
    if (reads(node) && isNew(node, index)) {
      index.write(program, node);
    }
  }

  private void write(final Node node, final int[] values) {
    if (reads(node) && isNew(node, values)) {
      program.write(node, values);
    }
  }

  /// Whether this very array is not what stands there already.
  @SuppressWarnings("ReferenceEquality") // arrays that nobody changes
  private boolean isNew(final Node node, final Object values) {
    return written.put(node, values) != values;
  }

  /// Hands values of what the prefix ran last to the rows from `at` on.
  void take(final Prefix prefix, final Node value, final Node given, final int at) {
    prefix.hand(value, program, given, at);
  }

  /// Takes rows that another program has computed, likewise.
  void take(final Program from, final Node output, final Node given, final int at) {
    program.write(given, from, output, at);
  }

  /// Runs a batch with this many bases, sources and directions.
  ///
  /// @throws IllegalStateException when a patch did not fire exactly as planned
  void run(final CellBatch batch, final int bases, final int sources, final int directions) {
    final int rows = batch.rows();
    check(rows);
    parts.run(
        rows,
        (from, to) -> {
          final var part = to - from < rows ? batch.part(from, to) : batch;
          start(part, sizes(to - from, bases, sources, directions), List.of()).end();
        });
  }

  /// As [#run], without waiting for the end where a batch is run at once.
  ///
  /// @param outputs that are read
  RunningCells start(
      final CellBatch batch,
      final int bases,
      final int sources,
      final int directions,
      final List<Node> outputs) {
    final int rows = batch.rows();
    if (rows > batches.rows()) {
      run(batch, bases, sources, directions);
      return RunningCells.ended(parts, outputs, parts.marked());
    }
    check(rows);
    parts.whole();
    return start(batch, sizes(rows, bases, sources, directions), outputs);
  }

  private void check(final int rows) {
    if (rows > capacity.cells()) {
      throw new IllegalArgumentException(
          "more cells than planned: cells=" + rows + ", most=" + capacity.cells());
    }
    custom.require();
  }

  private RunningCells start(final CellBatch batch, final Sizes counts, final List<Node> outputs) {
    write(suffix.baseIndex(), batch.bases());
    own.ifPresent(node -> write(node, batch.directions()));
    Sizes sizes = counts;
    final var patches = new LinkedHashMap<String, Node>();
    final var expected = new LinkedHashMap<Node, int[]>();
    for (final var site : sites) {
      final var arrays = batch.site(site);
      final var point = suffix.point(site);
      write(point.sourceIndex(), arrays.sourceIndex());
      if (isNew(point.coefficients(), arrays.numbers())) {
        write(point.coefficients(), arrays.numbers());
      }
      write(point.ranges(), arrays.ranges());
      custom.write(site, batch.bases(), arrays.draws());
      sizes = sizes.and(point.axis(), arrays.ranges().length / 3);
      patches.put(site, point.patch());
      expected.put(point.patch(), arrays.elements());
    }
    final var marked = outputs.isEmpty() ? List.<Node>of() : parts.marked();
    final var run = program.start(sizes, new Running.Wanted(outputs, marked, expected));
    return new RunningCells(run, batch, patches);
  }

  /// An output of each cell of the last batch.
  float[] read(final Node output) {
    return parts.read(output);
  }

  /// Cells at a time, at most.
  int atOnce() {
    return batches.rows();
  }

  long bytes() {
    return program.bytes();
  }

  @Override
  public String toString() {
    return program.toString();
  }

  @Override
  public void close() {
    program.close();
  }
}
