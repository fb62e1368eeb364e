package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Precision;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a patch changes at the end of a chain of layers: any chain, any patch, any end. Changes
/// that touch little go through their layers in shared memory, others through dense layers.
final class PropagateCandidate implements Candidate {
  /// The most cells of a window.
  private static final int MOST_CELLS = 1 << 15;

  /// Bytes for the changes of a window of cells: some hundredth of a device.
  private static final long LEAST_ROOM = 1L << 26;

  private static final long MOST_ROOM = 1L << 30;
  private static final int SHARE = 64;

  private final Layers layers;
  private final boolean special;

  /// @param special whether changes that touch little go apart, and the others through the kernels
  ///   of all layers
  PropagateCandidate(final Device device, final boolean special) {
    this.layers = new Layers(device, special);
    this.special = special;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Propagate op) || op.precision() == Precision.TF32) {
      return Optional.empty();
    }
    final var work = new Work(node, op, scope);
    return Optional.of(List.of(new Step("propagate", work.writes(), work.reads(), work::run)));
  }

  /// Cells for whose changes there is room at once.
  ///
  /// @param bytes of one cell
  static int window(final Scope scope, final int rows, final long bytes) {
    final long room = Math.clamp(scope.device().facts().memory() / SHARE, LEAST_ROOM, MOST_ROOM);
    final int most = Math.clamp(rows, 1, MOST_CELLS);
    return Math.toIntExact(Math.clamp(room / Math.max(1, bytes), 1, most));
  }

  /// The launches of one node.
  private final class Work {
    private final ChangeCells cells;
    private final ChangeEnds ends;
    private final RegionLayers regions;
    private final List<DenseChange> dense;
    private final List<Value> rooms;
    private final Kernel region;
    private final int end;

    Work(final Node node, final Propagate op, final Scope scope) {
      this.regions =
          special ? RegionLayers.of(node, op, scope) : new RegionLayers(List.of(), false);
      this.dense =
          IntStream.range(0, op.layers().size())
              .mapToObj(i -> new DenseChange(node, op, i, scope, layers, !special))
              .toList();
      // What layers take and leave lies in two rooms by turns.
      final int[] sizes = {0, 0};
      for (int i = 0; i < dense.size(); i++) {
        sizes[i % 2] = Math.max(sizes[i % 2], dense.get(i).inputs());
        sizes[(i + 1) % 2] = Math.max(sizes[(i + 1) % 2], dense.get(i).outputs());
      }
      final long bytes = Float.BYTES * ((long) sizes[0] + sizes[1]);
      final int window = window(scope, scope.most(ChangeCells.axis(node)), bytes);
      this.cells = new ChangeCells(node, op, scope, regions, window);
      this.ends = new ChangeEnds(node, op, scope, cells.wrongIndex());
      this.rooms =
          IntStream.range(0, 2)
              .mapToObj(i ->
                  scope.scratch("change" + i + "(%" + node.id() + ")", null, window * sizes[i]))
              .toList();
      this.region = scope.device().kernel("change_region", "change_region");
      this.end = ChangeEnds.code(op.end());
    }

    List<Value> reads() {
      final var reads = new ArrayList<>(cells.reads());
      dense.forEach(layer -> reads.addAll(layer.reads()));
      reads.addAll(ends.reads());
      return reads;
    }

    List<Value> writes() {
      final var writes = new ArrayList<>(List.of(ends.out()));
      writes.addAll(cells.writes());
      writes.addAll(rooms);
      return writes;
    }

    void run() {
      cells.sort();
      ends.run(cells.all(ChangeCells.Kind.LEFT_OUT), 0);
      final var apart =
          regions.layers().isEmpty()
              ? List.<ChangeCells.Kind>of()
              : List.of(ChangeCells.Kind.SMALL, ChangeCells.Kind.LARGE);
      if (regions.measures()) {
        apart.forEach(kind -> carry(kind, cells.all(kind), 0));
      }
      for (int w = 0; w < cells.windows(); w++) {
        final var most = cells.window(ChangeCells.Kind.DENSE, w);
        cells.fill(most, rooms.getFirst().address());
        finish(most, 0);
        if (!regions.measures()) {
          for (final var kind : apart) {
            final var some = cells.window(kind, w);
            final int count = regions.layers().size();
            carry(kind, some, rooms.get(count % 2).address());
            finish(some, count);
          }
        }
      }
    }

    /// Through dense layers from layer `from` on.
    private void finish(final CellList some, final int from) {
      for (int i = from; i < dense.size(); i++) {
        dense.get(i).run(some, rooms.get(i % 2).address(), rooms.get((i + 1) % 2).address());
      }
      ends.run(some, rooms.get(dense.size() % 2).address());
    }

    /// Through shared memory.
    ///
    /// @param to where the change goes that dense layers take; 0 where there are none
    private void carry(final ChangeCells.Kind kind, final CellList some, final long to) {
      final int threads = kind == ChangeCells.Kind.SMALL ? regions.threads() : MOST_THREADS;
      region.launch(
          new Launch(ChangeCells.blocks(some), 1, threads, cells.shared(kind)),
          ChangeCells.concat(
              cells.fields(),
              some.cells(),
              some.count(),
              ends.directions(),
              ends.direction(),
              ends.directionRows(),
              end,
              to == 0 ? ends.out().address() : 0,
              to));
    }
  }

  private static final int MOST_THREADS = 256;
}
