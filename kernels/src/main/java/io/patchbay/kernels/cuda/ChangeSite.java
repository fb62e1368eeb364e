package io.patchbay.kernels.cuda;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.expression.PatchProgram;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a patch itself changes, for chunks of cells (`change_site.cu`).
final class ChangeSite {
  private static final int PROBED = 4;
  private static final int WARP = 32;
  private static final int MOST_THREADS = 256;
  private static final int LIST_THREADS = 1024;

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
  private final Kernel probe;
  private final Kernel list;
  private final Kernel fill;

  ChangeSite(final Node node, final Propagate op, final Scope scope) {
    this.op = op;
    this.in = node.inputs().subList(0, Propagate.LEADING).stream().map(scope::value).toList();
    this.counts =
        new long[] {
          scope.rows(axis(node)),
          scope.rows(in.get(5).axis()),
          scope.rows(in.get(0).axis()),
          scope.rows(in.get(1).axis())
        };
    this.program = op.own().map(own -> program(own, scope)).orElseGet(() -> new long[6]);
    final boolean draws = op.reads(PatchValue.RANDOM);
    this.mean = given(node, op.reads(PatchValue.MEAN), PatchValue.MEAN, 0, scope);
    this.seed = given(node, draws, PatchValue.RANDOM, 0, scope);
    this.ids = given(node, draws, PatchValue.RANDOM, 1, scope);
    this.fired = scope.scratch("fired(%" + node.id() + ")", axis(node), 1);
    this.skipped = scope.scratch("skipped(%" + node.id() + ")", axis(node), 1);
    scope.fired(node, fired);
    scope.skipped(node, skipped);
    this.wrongIndex = scope.fault("index outside the table, at the row before: " + node);
    this.wrongRange = scope.fault("patch outside the value, at the row before: " + node);
    this.probe = scope.device().kernel("change_site", "change_probe");
    this.list = scope.device().kernel("change_site", "change_list");
    this.fill = scope.device().kernel("change_site", "change_fill");
  }

  /// The axis of the cells.
  static Axis axis(final Node node) {
    return Objects.requireNonNull(node.input(2).shape().axis());
  }

  private static long[] program(final Propagate.Own own, final Scope scope) {
    final var program = own.op().program();
    final var numbers = program.numbers();
    final var bits = new int[Math.max(1, numbers.length)];
    for (int i = 0; i < numbers.length; i++) {
      bits[i] = Float.floatToRawIntBits(numbers[i]);
    }
    return new long[] {
      scope.table("patch program", program.words()),
      program.words().length / PatchProgram.WORDS,
      scope.table("patch constants", bits),
      numbers.length,
      own.plane(),
      own.width()
    };
  }

  private @Nullable Value given(
      final Node node,
      final boolean reads,
      final PatchValue value,
      final int after,
      final Scope scope) {
    return reads ? scope.value(node.input(op.input(value) + after)) : null;
  }

  List<Value> reads() {
    final var reads = new ArrayList<>(in);
    for (final var value : new @Nullable Value[] {mean, seed, ids}) {
      if (value != null) {
        reads.add(value);
      }
    }
    return reads;
  }

  List<Value> writes() {
    return List.of(fired, skipped);
  }

  /// Elements of the patched value.
  int size() {
    return in.get(0).size();
  }

  /// Where a cell that indexes outside a table is noted.
  long wrongIndex() {
    return wrongIndex;
  }

  /// The base of each cell.
  Value base() {
    return in.get(2);
  }

  /// Lists the cells from `first` on that are carried on.
  ///
  /// @param change where their changes will go
  void list(final int first, final CarriedCells cells, final long change) {
    final var fields = fields(first, cells, change);
    probe.launch(Launch.of(Math.ceilDiv(cells.chunk(), PROBED), PROBED * WARP), fields);
    list.launch(new Launch(1, 1, LIST_THREADS, Integer.BYTES * WARP), fields);
  }

  /// Writes the changes of listed cells: (carried; size) floats.
  void fill(final int first, final CarriedCells cells, final long change) {
    final int threads = Math.min(MOST_THREADS, Math.ceilDiv(size(), WARP) * WARP);
    fill.launch(Launch.of(cells.chunk(), threads), fields(first, cells, change));
  }

  /// `ChangeSite` of the kernels.
  long[] fields(final int first, final CarriedCells cells, final long change) {
    return new long[] {
      in.get(0).address(),
      in.get(1).address(),
      in.get(2).address(),
      in.get(3).address(),
      in.get(4).address(),
      in.get(5).address(),
      counts[0],
      counts[1],
      counts[2],
      counts[3],
      program[0],
      program[1],
      program[2],
      program[3],
      program[4],
      program[5],
      address(mean),
      address(seed),
      address(ids),
      size(),
      op.rectifies() ? 1 : 0,
      op.eliminates() ? 1 : 0,
      first,
      cells.chunk(),
      fired.address(),
      skipped.address(),
      cells.place().address(),
      cells.list().address(),
      cells.bases().address(),
      cells.count().address(),
      change,
      wrongIndex,
      wrongRange
    };
  }

  private static long address(final @Nullable Value value) {
    return value == null ? 0 : value.address();
  }
}
