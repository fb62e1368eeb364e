package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.DeviceFacts;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import io.patchbay.kernels.cuda.ChangeCells.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a patch changes at the end of a chain of layers: any chain, any patch, any end. Changes
/// that touch little go through their layers in shared memory, others through dense layers, of some
/// chains on the matrix unit.
final class PropagateCandidate implements Candidate {
  /// The most cells of a window.
  private static final int MOST_CELLS = 1 << 15;

  /// Bytes for the changes of a window of cells: some hundredth of a device.
  private static final long MOST_ROOM = 1L << 30;

  private static final int SHARE = 64;
  private static final int MOST_THREADS = 512;
  private static final int SMALL_BLOCKS = 32;

  /// Two pixels each of the strips of a patched channel.
  private static final int CHANNEL_THREADS = 160;

  private final Layers layers;
  private final boolean special;
  private final OwnKernels own;

  /// @param special whether changes that touch little go apart, and the others through the kernels
  ///   of all layers
  PropagateCandidate(final Device device, final boolean special, final OwnKernels own) {
    this.own = own;
    this.layers = new Layers(device, special);
    this.special = special;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Propagate op)) {
      return Optional.empty();
    }
    final var work = new Work(node, op, scope);
    return Optional.of(
        List.of(new Step(work.name(op), work.writes, work.reads, work.cells::sort, work.parts())));
  }

  /// Cells for whose changes there is room at once.
  ///
  /// @param bytes of one cell
  private static int window(final Scope scope, final int rows, final long bytes) {
    final long room = Math.min(scope.device().facts().memory() / SHARE, MOST_ROOM);
    final int most = Math.clamp(rows, 1, MOST_CELLS);
    return Math.toIntExact(Math.clamp(room / Math.max(1, bytes), 1, most));
  }

  /// The launches of one node.
  private final class Work {
    private final ChangeCells cells;
    private final ChangeEnds ends;
    private final RegionLayers regions;
    private final @Nullable LayeredPath layered;
    private final @Nullable ChangePath dense;
    private final Optional<ChannelPath> channel;
    private final Kernel region;
    private final Optional<SquaresPath> squares;
    private final int end;
    private final boolean whole;
    private final List<Value> reads = new ArrayList<>();
    private final List<Value> writes = new ArrayList<>();
    private final DeviceFacts facts;

    Work(final Node node, final Propagate op, final Scope scope) {
      this.facts = scope.device().facts();
      this.regions =
          special ? RegionLayers.of(node, op, scope) : new RegionLayers(List.of(), false);
      this.ends = new ChangeEnds(node, op, scope);
      final var matrix =
          special
              ? DecoderPath.of(node, op, scope, ends)
                  .or(() -> EncoderPath.of(node, op, scope, layers, ends))
              : Optional.<ChangePath>empty();
      this.whole = matrix.isEmpty() && regions.fits(ChangeCells.largest(scope));
      // What went through shared memory goes on through dense layers where there are more.
      final boolean goesOn = !regions.layers().isEmpty() && !regions.measures();
      final int first = matrix.isPresent() ? regions.layers().size() : 0;
      this.layered =
          (matrix.isEmpty() && !whole) || goesOn
              ? new LayeredPath(node, op, scope, layers, first, !special, ends)
              : null;
      this.dense = matrix.isPresent() ? matrix.get() : layered;
      this.channel = special ? ChannelPath.of(node, op, scope, own) : Optional.<ChannelPath>empty();
      final int rows = scope.most(ChangeCells.axis(node));
      final var paths = new LinkedHashSet<ChangePath>();
      if (dense != null) {
        paths.add(dense);
      }
      if (layered != null) {
        paths.add(layered);
      }
      final long bytes = paths.stream().mapToLong(ChangePath::bytes).sum();
      final int window = bytes == 0 ? Math.max(1, rows) : window(scope, rows, bytes);
      this.cells =
          new ChangeCells(
              node,
              op,
              scope,
              regions,
              window,
              ends,
              channel.map(ChannelPath::patches),
              whole,
              own);
      this.region = own.kernel(op, "change_region", regions.kernel());
      this.squares = SquaresPath.of(node, op, scope, regions, own);
      this.end = ChangeEnds.code(op.end());
      reads.addAll(cells.reads());
      reads.addAll(ends.reads());
      channel.ifPresent(path -> {
        reads.addAll(path.reads());
        writes.addAll(path.writes());
      });
      squares.ifPresent(path -> reads.addAll(path.reads()));
      writes.add(ends.out());
      writes.addAll(cells.writes());
      paths.forEach(path -> {
        reads.addAll(path.reads());
        writes.addAll(path.place(window));
      });
    }

    /// With what operands hold where a precision leaves it open.
    String name(final Propagate op) {
      return switch (op.precision()) {
        case FP32, BF16 -> "propagate";
        case TF32 ->
            dense instanceof MatrixStages
                ? "propagate, operands of 16 bits"
                : "propagate, operands in float32";
      };
    }

    /// What is done with the lists: with some there often is nothing to do. Each part writes the
    /// results of its own cells.
    List<Runnable> parts() {
      final var apart = new ArrayList<Kind>();
      if (!regions.layers().isEmpty()) {
        apart.addAll(List.of(Kind.SMALL, Kind.LARGE));
        if (whole && channel.isEmpty()) {
          apart.add(Kind.CHANNEL);
        }
      }
      final var parts = new ArrayList<Runnable>();
      channel.ifPresent(path -> parts.add(() -> path.run(cells, cells.all(Kind.CHANNEL))));
      if (regions.measures()) {
        apart.forEach(kind -> parts.add(() -> carry(kind, cells.all(kind), 0)));
      }
      if (!ends.isZeroUnchanged()) {
        parts.add(() -> ends.run(cells.all(Kind.LEFT_OUT), 0));
      }
      if (dense != null || layered != null) {
        parts.add(() -> windows(regions.measures() ? List.of() : apart));
      }
      return parts;
    }

    /// Through dense layers, as many cells at a time as there is room for.
    ///
    /// @param apart of which changes have gone through shared memory so far
    private void windows(final List<Kind> apart) {
      for (int w = 0; w < cells.windows(); w++) {
        if (dense != null) {
          final var most = cells.window(Kind.DENSE, w);
          cells.fill(most, dense.start());
          dense.run(most);
        }
        if (layered != null) {
          for (final var kind : apart) {
            final var some = cells.window(kind, w);
            final int count = regions.layers().size();
            carry(kind, some, layered.start(count));
            layered.run(some, count);
          }
        }
      }
    }

    private int threads(final Kind kind, final int shared) {
      return switch (kind) {
        case SMALL -> regions.threads();
        case CHANNEL -> CHANNEL_THREADS;
        case LARGE, DENSE, LEFT_OUT ->
            facts.blocksAtOnce(shared) > 1 ? MOST_THREADS / 2 : MOST_THREADS;
      };
    }

    /// Through shared memory.
    ///
    /// @param to where the change goes that dense layers take; 0 where there are none
    private void carry(final Kind kind, final CellList some, final long to) {
      if (kind == Kind.SMALL && squares.isPresent()) {
        squares.get().run(cells, some, to);
        return;
      }
      final int shared = cells.shared(kind);
      final int threads = threads(kind, shared);
      // As many as a multiprocessor runs at once.
      final int each = Math.min(facts.blocksAtOnce(shared), MOST_THREADS / threads);
      final int blocks = cells.blocks(some, kind == Kind.SMALL ? SMALL_BLOCKS : each);
      region.launch(
          new Launch(blocks, 1, threads, shared),
          ChangeCells.concat(
              cells.fields(),
              some.cells(),
              some.count(),
              ends.directions(),
              some.directions(),
              kind == Kind.SMALL ? 0 : 1,
              end,
              to == 0 ? ends.out().address() : 0,
              to));
    }
  }
}
