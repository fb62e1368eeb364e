package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Shape;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Patches of one channel of what a decoder's last transposed convolutions take, onto an image of
/// 64 x 64: of 32 channels of 32 x 32 pixels for the last (`change_pixels.cu`), of 16 x 16 for the
/// last two (`tail_channel.cu`).
final class ChannelPath {
  private static final int THREADS = 256;
  private static final int BLOCKS = 8;
  private static final int CHANNELS = 32;
  private static final int IMAGE = 64;

  /// Of `change_pixels`: blocks per multiprocessor, of so many warps, each with so many rows.
  private static final int PIXELS_BLOCKS = 6;

  private static final int WARPS = 4;
  private static final int ROWS = 10;

  /// Bytes of its shared memory: the taps of a color with their reaches, and two chunks of 32 cells
  /// with the rows of two.
  private static final int TAPS = CHANNELS * (16 + 1) * Float.BYTES;

  private static final int CHUNKS =
      2 * 32 * (9 * Integer.BYTES + WARPS * 2 * Float.BYTES)
          + 2 * WARPS * 2 * ROWS * 32 * Float.BYTES;

  /// Of `tail_channel`; bytes of shared memory as `tail_shared.cuh` says.
  private static final int TAIL_THREADS = 512;

  static final int TAIL_CHANNEL_SHARED = 221_120;

  /// Numbers of its weights: pairs of the taps of the first layer, for two parts of a change, and
  /// of those of the second, each in two parts.
  private static final int FIRST = CHANNELS * CHANNELS * 32;

  private static final int SECOND = CHANNELS * 16;

  private final Value clean;
  private final Value sources;
  private final Way way;
  private final boolean rectifies;
  private final Kernel placed;
  private final int processors;
  private final ChannelPatches patches;
  private final Value effects;

  /// A kernel from a channel to an image, and what it reads for all cells.
  ///
  /// @param colors what it takes about them
  private record Way(
      Kernel kernel, Launch launch, List<Value> reads, Supplier<long[]> given, long... colors) {}

  private ChannelPath(final Node node, final Propagate op, final Scope scope, final Way way) {
    this.way = way;
    this.clean = scope.value(node.input(0));
    this.sources = scope.value(node.input(1));
    this.rectifies = op.rectifies();
    final var device = scope.device();
    this.placed = device.kernel("change_ends", "change_placed");
    this.processors = device.facts().multiprocessors();
    final int rows = Math.max(1, scope.most(ChangeCells.axis(node)));
    final var name = "(%" + node.id() + ")";
    this.patches = ChannelPatches.of(scope, name, rows);
    this.effects = scope.scratch("effects" + name, null, rows);
  }

  /// The path of a chain that it fits. An op of one's own goes this way where it is compiled.
  static Optional<ChannelPath> of(
      final Node node, final Propagate op, final Scope scope, final OwnKernels own) {
    final int last = op.layers().size() - 1;
    final boolean ups = op.layers().stream().allMatch(layer -> layer.kind() == Kind.UP);
    if (op.end() == End.VALUE
        || !ups
        || op.own().filter(o -> !own.compiles(o.op())).isPresent()
        || op.layers().get(last).activation() != Activation.SIGMOID
        || node.input(Propagate.LEADING).shape().dim(0) != CHANNELS) {
      return Optional.empty();
    }
    final var image = clean(node, last).shape().on(null);
    final boolean gray = image.equals(Shape.of(1, IMAGE, IMAGE));
    if (last == 0 && (gray || image.equals(Shape.of(3, IMAGE, IMAGE)))) {
      return Optional.of(new ChannelPath(node, op, scope, pixels(node, op, scope, own)));
    }
    final boolean tail =
        last == 1
            && gray
            && op.layers().getFirst().activation() == Activation.RELU
            && clean(node, 0).shape().on(null).equals(Shape.of(CHANNELS, IMAGE / 2, IMAGE / 2))
            && scope.device().facts().sharedPerBlock() >= TAIL_CHANNEL_SHARED;
    return tail
        ? Optional.of(new ChannelPath(node, op, scope, tail(node, op, scope, own)))
        : Optional.empty();
  }

  private static Node clean(final Node node, final int layer) {
    return node.input(Propagate.LEADING + 2 * layer + 1);
  }

  private static Way pixels(
      final Node node, final Propagate op, final Scope scope, final OwnKernels own) {
    final var weights = scope.value(node.input(Propagate.LEADING));
    final var image = TailPacks.ofPixels(clean(node, 0), scope);
    final int colors = clean(node, 0).shape().dim(0);
    final int processors = scope.device().facts().multiprocessors();
    return new Way(
        own.kernel(op, "change_pixels", "change_pixels_" + ChangeEnds.suffix(op.end())),
        new Launch(PIXELS_BLOCKS * processors, 1, 32 * WARPS, TAPS * colors + CHUNKS),
        List.of(weights, image.value()),
        () -> new long[] {weights.address(), image.sides(), image.logits()},
        colors);
  }

  private static Way tail(
      final Node node, final Propagate op, final Scope scope, final OwnKernels own) {
    final var device = scope.device();
    final int processors = device.facts().multiprocessors();
    final var grid = Launch.of(BLOCKS * processors, THREADS);
    final var pack = device.kernel("tail_channel_pack", "tail_channel_pack_weights");
    final var first =
        scope.packed(
            "channel weights",
            node.input(Propagate.LEADING),
            FIRST,
            (a, b) -> pack.launch(grid, a, b));
    final var packImage = device.kernel("tail_channel_pack", "tail_channel_pack_image_weights");
    final var second =
        scope.packed(
            "channel image weights",
            node.input(Propagate.LEADING + 2),
            SECOND,
            (a, b) -> packImage.launch(grid, a, b));
    final var preactivations = clean(node, 0);
    final long bases = scope.rows(preactivations.shape().axis());
    final var packActive = device.kernel("tail_channel_pack", "tail_channel_pack_active");
    final var active =
        scope.packed(
            "channel active",
            preactivations,
            preactivations.shape().rowSize(),
            (a, b) -> packActive.launch(grid, a, b, bases));
    final var logits = scope.value(clean(node, 1));
    return new Way(
        own.kernel(op, "tail_channel", "tail_channel_" + ChangeEnds.suffix(op.end())),
        new Launch(processors, 1, TAIL_THREADS, TAIL_CHANNEL_SHARED),
        List.of(first, second, active, logits),
        () -> new long[] {first.address(), second.address(), active.address(), logits.address()});
  }

  List<Value> reads() {
    final var reads = new ArrayList<>(List.of(clean, sources));
    reads.addAll(way.reads());
    return reads;
  }

  List<Value> writes() {
    final var writes = new ArrayList<>(patches.all());
    writes.add(effects);
    return writes;
  }

  /// What is listed of its cells.
  ChannelPatches patches() {
    return patches;
  }

  /// Writes the results of some cells, each of one range in one channel.
  void run(final ChangeCells all, final CellList cells) {
    final long[] given = {
      clean.address(),
      sources.address(),
      cells.bases(),
      patches.source().address(),
      patches.ranges().address(),
      patches.numbers().address()
    };
    final long found = all.found(patches);
    final var weights = ChangeCells.concat(given, way.given().get());
    final var results = ChangeCells.concat(weights, effects.address(), found, cells.count());
    final var colors = ChangeCells.concat(results, way.colors());
    final var bent = ChangeCells.concat(colors, rectifies ? 1 : 0);
    final var own = ChangeCells.concat(bent, all.own(cells));
    way.kernel().launch(way.launch(), ChangeCells.concat(own, all.directed(cells)));
    placed.launch(
        Launch.covering(cells.most(), THREADS, BLOCKS * processors),
        all.placed(cells, effects.address(), found));
  }
}
