package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.List;

/// Launches that hand the changes of a window of cells from one room to another by turns, and the
/// packed weights and clean values that they read.
final class MatrixStages implements ChangePath {
  /// Threads of a block, and blocks a multiprocessor for work that is bound by memory.
  static final int THREADS = 256;

  static final int BLOCKS = 8;

  /// `kChangeCleanShared` of `change_params.cuh`.
  static final int CLEAN_SHARED = 32 * 33 * Float.BYTES;

  private final Scope scope;
  private final String name;
  private final int size;
  private final int processors;
  private final List<Stage> stages = new ArrayList<>();
  private final List<Value> reads = new ArrayList<>();
  private final List<Value> rooms = new ArrayList<>();

  /// A launch from one room to another.
  ///
  /// @param bytes that a cell has in the room that it writes
  private record Stage(int bytes, Work work) {}

  /// A launch.
  interface Work {
    void run(CellList cells, long from, long to);
  }

  MatrixStages(final Node node, final Scope scope) {
    this.scope = scope;
    this.name = "(%" + node.id() + ")";
    this.size = node.input(0).shape().rowSize();
    this.processors = scope.device().facts().multiprocessors();
  }

  int processors() {
    return processors;
  }

  /// Adds a launch.
  void add(final int bytes, final Work work) {
    stages.add(new Stage(bytes, work));
  }

  /// Notes that a launch reads a value.
  Value read(final Value value) {
    reads.add(value);
    return value;
  }

  /// Weights as a kernel of `change_pack.cu` packs them.
  Value packed(
      final String kernel,
      final Node weights,
      final int elements,
      final int rows,
      final int columns,
      final int plane) {
    final var pack = scope.device().kernel("change_pack", kernel);
    return read(
        scope.packed(
            kernel,
            weights,
            elements,
            (from, to) ->
                pack.launch(
                    Launch.of(BLOCKS * processors, THREADS), from, to, rows, columns, plane)));
  }

  /// Clean values of all bases, likewise.
  Value clean(
      final String kernel,
      final Node clean,
      final int elements,
      final int channels,
      final int plane) {
    final var pack = scope.device().kernel("change_pack", kernel);
    final long bases = scope.rows(clean.shape().axis());
    return read(
        scope.packed(
            kernel,
            clean,
            elements,
            (from, to) ->
                pack.launch(
                    new Launch(BLOCKS * processors, 1, THREADS, CLEAN_SHARED),
                    from,
                    to,
                    bases,
                    channels,
                    plane)));
  }

  /// Clean values in (H, W, C) order, of 16 bits.
  Value halves(final Node clean) {
    final var shape = clean.shape();
    final int plane = shape.dim(1) * shape.dim(2);
    return clean("change_clean_pack", clean, shape.rowSize() / 2, shape.dim(0), plane);
  }

  /// `change_shared` of `change_params.cuh`.
  static int shared(final int bytes, final int side, final int cells, final int stages) {
    final int tight = (side + 2) * (bytes + 16);
    final int row = side == 4 ? (tight + 63) / 128 * 128 + 64 : tight;
    return stages * sixteens(cells * (side + 2) * row + 4 * cells);
  }

  static int sixteens(final int bytes) {
    return Math.ceilDiv(bytes, 16) * 16;
  }

  /// Bytes of a cell in each of the two rooms.
  private long[] sizes() {
    final long[] sizes = {(long) Float.BYTES * size, 0};
    for (int i = 0; i < stages.size(); i++) {
      final int to = (i + 1) % 2;
      sizes[to] = Math.max(sizes[to], stages.get(i).bytes());
    }
    return sizes;
  }

  @Override
  public long bytes() {
    return sizes()[0] + sizes()[1];
  }

  @Override
  public List<Value> place(final int window) {
    for (int i = 0; i < 2; i++) {
      final long floats = window * sizes()[i] / Float.BYTES;
      rooms.add(scope.scratch("change" + i + name, null, Math.toIntExact(floats)));
    }
    return rooms;
  }

  @Override
  public List<Value> reads() {
    return reads;
  }

  @Override
  public long start() {
    return rooms.getFirst().address();
  }

  @Override
  public void run(final CellList cells) {
    for (int i = 0; i < stages.size(); i++) {
      final var to = rooms.get((i + 1) % 2);
      stages.get(i).work().run(cells, rooms.get(i % 2).address(), to.address());
    }
  }
}
