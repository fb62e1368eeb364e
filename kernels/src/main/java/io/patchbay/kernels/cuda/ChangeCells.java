package io.patchbay.kernels.cuda;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The cells of a carried change: what their patches are, and lists of those that go on in one way
/// (`change_site.cu`).
final class ChangeCells {
  /// Lists of cells, as the kernels number them.
  enum Kind {
    LEFT_OUT,
    DENSE,
    SMALL,
    LARGE,
    CHANNEL
  }

  private static final int KINDS = Kind.values().length;
  private static final int COVER = 4;
  private static final int WARP = 32;
  private static final int MOST_THREADS = 256;

  /// Threads of a block of kernels that sort cells, and the cells of one that probes them.
  private static final int THREADS = 256;

  private static final int TILE = 64;

  /// `ListRoom`.
  private static final int LIST_SHARED = 2 * THREADS / WARP * KINDS * Integer.BYTES;

  private static final int FILL_BLOCKS = 8;

  /// Units of a cell that so many lanes have, one each.
  private static final int FEW = 16;

  /// Floats of shared memory that a region's kernel has beside regions.
  static final int REGION_ROOM = 32;

  private final Propagate op;
  private final List<Value> in;
  private final long[] counts;
  private final long[] program;
  private final @Nullable Value mean;
  private final @Nullable Value seed;
  private final @Nullable Value ids;
  private final Value fired;
  private final Value skipped;
  private final long wrongIndex;
  private final long wrongRange;
  private final Value sorted;
  private final Value covers;
  private final Value tallies;
  private final Value lists;
  private final Value bases;
  private final @Nullable Value directions;
  private final Value numbers;
  private final int rows;
  private final int window;
  private final RegionLayers regions;
  private final int small;
  private final int large;
  private final int plane;
  private final int processors;
  private final ChangeEnds ends;
  private final Optional<ChannelPatches> channel;
  private final boolean whole;
  private final boolean squares;
  private final Kernel probe;
  private final Kernel list;
  private final Kernel fill;

  /// @param window cells for whose dense changes there is room at once
  /// @param channel what is listed of patches of one channel, if there are kernels for such
  /// @param whole whether no cell goes through dense layers
  /// @param own kernels for an op of one's own
  ChangeCells(
      final Node node,
      final Propagate op,
      final Scope scope,
      final RegionLayers regions,
      final int window,
      final ChangeEnds ends,
      final Optional<ChannelPatches> channel,
      final boolean whole,
      final OwnKernels own) {
    this.op = op;
    this.ends = ends;
    this.channel = channel;
    this.whole = whole;
    this.regions = regions;
    this.window = window;
    this.in = node.inputs().subList(0, Propagate.LEADING).stream().map(scope::value).toList();
    this.counts =
        new long[] {
          scope.rows(axis(node)),
          scope.rows(in.get(5).axis()),
          scope.rows(in.get(0).axis()),
          scope.rows(in.get(1).axis())
        };
    this.program =
        op.own()
            .map(o -> scope.program(own.program(o.op()), o.plane(), o.width()))
            .orElseGet(() -> scope.program(PatchCode.NONE, 1, 1));
    final boolean draws = op.reads(PatchValue.RANDOM);
    this.mean = given(node, op.reads(PatchValue.MEAN), PatchValue.MEAN, 0, scope);
    this.seed = given(node, draws, PatchValue.RANDOM, 0, scope);
    this.ids = given(node, draws, PatchValue.RANDOM, 1, scope);
    final var name = "(%" + node.id() + ")";
    this.fired = scope.scratch("fired" + name, axis(node), 1);
    this.skipped = scope.scratch("skipped" + name, axis(node), 1);
    scope.fired(node, fired);
    scope.skipped(node, skipped);
    this.wrongIndex = scope.fault("index outside the table, at the row before: " + node);
    this.wrongRange = scope.fault("patch outside the value, at the row before: " + node);
    this.rows = Math.max(1, scope.most(axis(node)));
    this.sorted = scope.scratch("sorted" + name, null, rows);
    this.covers = scope.scratch("covers" + name, null, COVER * rows);
    this.tallies = scope.scratch("tallies" + name, null, KINDS * Math.ceilDiv(rows, TILE));
    this.lists = scope.scratch("lists" + name, null, KINDS * rows);
    this.bases = scope.scratch("bases" + name, null, KINDS * rows);
    this.directions =
        op.end() == Propagate.End.PRODUCTS
            ? scope.scratch("directed" + name, null, KINDS * rows)
            : null;
    this.numbers = scope.scratch("numbers" + name, null, KINDS * (1 + windows()));
    final int most = largest(scope);
    this.processors = scope.device().facts().multiprocessors();
    this.large = regions.layers().isEmpty() ? 0 : whole ? Math.min(most, regions.whole()) : most;
    this.plane = whole ? Math.min(most, regions.plane(1)) : large;
    this.small = Math.min(large, regions.small());
    this.squares = SquaresPath.takes(regions, scope.device());
    this.probe = own.kernel(op, "change_site", "change_probe");
    this.list = scope.device().kernel("change_site", "change_list");
    this.fill = own.kernel(op, "change_site", "change_fill");
  }

  /// Floats of shared memory that a region may take.
  static int largest(final Scope scope) {
    return scope.device().facts().sharedPerBlock() / Float.BYTES - REGION_ROOM;
  }

  /// The axis of the cells.
  static Axis axis(final Node node) {
    return Objects.requireNonNull(node.input(2).shape().axis());
  }

  private @Nullable Value given(
      final Node node,
      final boolean reads,
      final PatchValue value,
      final int after,
      final Scope scope) {
    return reads ? scope.value(node.input(op.input(value) + after)) : null;
  }

  /// Fields of `PatchCells`: what an op of one's own reads of some cells.
  long[] own(final CellList cells) {
    return op.own()
        .map(o ->
            new long[] {
              cells.cells(), address(mean), address(seed), address(ids), o.plane(), o.width()
            })
        .orElseGet(() -> new long[0]);
  }

  /// What kernels of some cells are given of their directions, if there are any.
  long[] directed(final CellList cells) {
    return ends.directed(cells);
  }

  /// How many windows cover all cells.
  int windows() {
    return Math.ceilDiv(rows, window);
  }

  List<Value> reads() {
    final var reads = new ArrayList<>(in);
    reads.addAll(regions.reads());
    for (final var value : new @Nullable Value[] {mean, seed, ids}) {
      if (value != null) {
        reads.add(value);
      }
    }
    return reads;
  }

  List<Value> writes() {
    final var writes =
        new ArrayList<>(List.of(fired, skipped, sorted, covers, tallies, lists, bases, numbers));
    if (directions != null) {
      writes.add(directions);
    }
    return writes;
  }

  /// Elements of the patched value.
  int size() {
    return in.get(0).size();
  }

  /// Bytes of shared memory that regions of a list take at most.
  int shared(final Kind kind) {
    final int floats =
        switch (kind) {
          case SMALL -> small;
          case CHANNEL -> plane;
          case LARGE, DENSE, LEFT_OUT -> large;
        };
    return Float.BYTES * (REGION_ROOM + floats);
  }

  /// Blocks for a list, a cell each or several in turn: few, for they cost time even when there is
  /// no cell.
  ///
  /// @param each of a multiprocessor
  int blocks(final CellList cells, final int each) {
    return Math.min(cells.most(), each * processors);
  }

  /// Sorts all cells into lists. Those that are left out have their results then, where that is 0.
  void sort() {
    final long[] listed =
        channel
            .map(
                c -> new long[] {c.source().address(), c.ranges().address(), c.numbers().address()})
            .orElseGet(() -> new long[3]);
    final var fields = concat(concat(fields(), tallies.address()), listed);
    final var results = concat(fields, ends.isZeroUnchanged() ? ends.out().address() : 0);
    final var tiles =
        concat(
            results,
            ends.direction(),
            ends.directionRows(),
            ends.wrongDirection(),
            address(directions));
    probe.launch(Launch.of(Math.ceilDiv(rows, TILE), THREADS), tiles);
    list.launch(new Launch(Math.ceilDiv(rows, THREADS), 1, THREADS, LIST_SHARED), tiles);
  }

  /// Where the kernels of channels say which of their cells are skipped, if it is asked; 0 if not.
  long found(final ChannelPatches listed) {
    return op.eliminates() ? listed.found().address() : 0;
  }

  /// Numbers of a list's cells to their places.
  ///
  /// @param found as above
  long[] placed(final CellList cells, final long from, final long found) {
    return new long[] {
      from, cells.cells(), cells.count(), ends.out().address(), found, skipped.address()
    };
  }

  /// All cells of a kind.
  CellList all(final Kind kind) {
    final long offset = (long) Integer.BYTES * index(kind) * rows;
    return new CellList(
        lists.address() + offset,
        bases.address() + offset,
        directed(offset),
        numbers.address() + (long) Integer.BYTES * index(kind),
        rows);
  }

  /// Those of one window.
  CellList window(final Kind kind, final int number) {
    final long offset = Integer.BYTES * ((long) index(kind) * rows + (long) number * window);
    return new CellList(
        lists.address() + offset,
        bases.address() + offset,
        directed(offset),
        numbers.address() + (long) Integer.BYTES * (KINDS + index(kind) * windows() + number),
        Math.min(window, rows));
  }

  private long directed(final long offset) {
    return directions == null ? 0 : directions.address() + offset;
  }

  private static int index(final Kind kind) {
    return switch (kind) {
      case LEFT_OUT -> 0;
      case DENSE -> 1;
      case SMALL -> 2;
      case LARGE -> 3;
      case CHANNEL -> 4;
    };
  }

  /// Writes the changes of the cells of a window: (window; size) floats.
  void fill(final CellList cells, final long change) {
    final boolean few = size() <= FEW;
    final int threads =
        few ? MOST_THREADS : Math.min(MOST_THREADS, Math.ceilDiv(size(), WARP) * WARP);
    final int beside = few ? threads / FEW : 1;
    final int most = blocks(cells, FILL_BLOCKS * MOST_THREADS / threads * beside);
    fill.launch(
        Launch.of(Math.ceilDiv(most, beside), threads),
        concat(fields(), cells.cells(), cells.count(), change));
  }

  static long[] concat(final long[] fields, final long... more) {
    final var all = Arrays.copyOf(fields, fields.length + more.length);
    System.arraycopy(more, 0, all, fields.length, more.length);
    return all;
  }

  /// `ChangeCells` of the kernels.
  long[] fields() {
    final long[] middle = {
      address(mean),
      address(seed),
      address(ids),
      size(),
      op.rectifies() ? 1 : 0,
      op.eliminates() ? 1 : 0,
      fired.address(),
      skipped.address(),
      wrongIndex,
      wrongRange,
      sorted.address(),
      covers.address(),
      lists.address(),
      bases.address(),
      numbers.address(),
      rows,
      window,
      windows(),
      regions.layers().size(),
      small,
      large,
      channel.isPresent() || whole ? 1 : 0,
      whole ? 1 : 0,
      squares ? SquaresPath.SIDE : 0
    };
    final var inputs = in.stream().mapToLong(Value::address).toArray();
    return join(inputs, counts, program, middle, regions.fields());
  }

  private static long[] join(final long[]... parts) {
    return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
  }

  private static long address(final @Nullable Value value) {
    return value == null ? 0 : value.address();
  }
}
