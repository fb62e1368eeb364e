package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;
import java.util.Optional;

/// Patches of one channel of what the last transposed convolution takes, 32 channels of 32 x 32
/// pixels, onto an image of 64 x 64 (`change_pixels.cu`).
final class ChannelPath {
  private static final int THREADS = 256;
  private static final int BLOCKS = 3;
  private static final int PLACED_BLOCKS = 8;
  private static final int NUMBERS = 5;
  private static final int RANGE = 3;
  private static final int CHANNELS = 32;
  private static final int IMAGE = 64;

  /// Bytes of shared memory: the taps of a color, and two chunks of 32 cells.
  private static final int TAPS = 2048;

  private static final int CHUNKS = 2 * 32 * (9 * Integer.BYTES + 8 * 2 * Float.BYTES);

  private final ChangeEnds ends;
  private final Value clean;
  private final Value sources;
  private final Value weights;
  private final TailPacks image;
  private final int colors;
  private final boolean rectifies;
  private final Kernel drawn;
  private final Kernel pixels;
  private final Kernel placed;
  private final int processors;
  private final Value source;
  private final Value ranges;
  private final Value numbers;
  private final Value effects;

  private ChannelPath(
      final Node node, final Propagate op, final Scope scope, final ChangeEnds ends) {
    this.ends = ends;
    this.clean = scope.value(node.input(0));
    this.sources = scope.value(node.input(1));
    this.weights = scope.value(node.input(Propagate.LEADING));
    final var logits = node.input(Propagate.LEADING + 1);
    this.image = TailPacks.ofPixels(logits, scope);
    this.colors = logits.shape().dim(0);
    this.rectifies = op.rectifies();
    final var device = scope.device();
    this.drawn = device.kernel("change_site", "change_drawn");
    this.pixels =
        device.kernel(
            "change_pixels",
            op.end() == End.SQUARES ? "change_pixels_squares" : "change_pixels_sizes");
    this.placed = device.kernel("change_ends", "change_placed");
    this.processors = device.facts().multiprocessors();
    final int rows = Math.max(1, scope.most(ChangeCells.axis(node)));
    final var name = "(%" + node.id() + ")";
    this.source = scope.scratch("drawn source" + name, null, rows);
    this.ranges = scope.scratch("drawn ranges" + name, null, RANGE * rows);
    this.numbers = scope.scratch("drawn numbers" + name, null, NUMBERS * rows);
    this.effects = scope.scratch("effects" + name, null, rows);
  }

  /// The path of a chain that it fits.
  static Optional<ChannelPath> of(
      final Node node, final Propagate op, final Scope scope, final ChangeEnds ends) {
    final boolean measures = op.end() == End.SQUARES || op.end() == End.SIZES;
    if (op.layers().size() != 1 || !measures || op.own().isPresent()) {
      return Optional.empty();
    }
    final var layer = op.layers().getFirst();
    final var image = node.input(Propagate.LEADING + 1).shape().on(null);
    final boolean fits =
        op.precision() != Precision.TF32
            && layer.kind() == Kind.UP
            && layer.activation() == Activation.SIGMOID
            && node.input(Propagate.LEADING).shape().dim(0) == CHANNELS
            && (image.equals(Shape.of(1, IMAGE, IMAGE)) || image.equals(Shape.of(3, IMAGE, IMAGE)));
    return fits ? Optional.of(new ChannelPath(node, op, scope, ends)) : Optional.empty();
  }

  List<Value> reads() {
    return List.of(clean, sources, weights, image.value());
  }

  List<Value> writes() {
    return List.of(source, ranges, numbers, effects);
  }

  /// Writes the results of some cells, each of one range in one channel.
  void run(final ChangeCells all, final CellList cells) {
    final var grid = Launch.covering(cells.most(), THREADS, PLACED_BLOCKS * processors);
    drawn.launch(
        grid,
        ChangeCells.concat(
            all.fields(),
            cells.cells(),
            cells.count(),
            source.address(),
            ranges.address(),
            numbers.address()));
    pixels.launch(
        new Launch(BLOCKS * processors, 1, THREADS, TAPS * colors + CHUNKS),
        clean.address(),
        sources.address(),
        cells.bases(),
        source.address(),
        ranges.address(),
        numbers.address(),
        weights.address(),
        image.slopes(),
        image.logits(),
        effects.address(),
        0,
        cells.count(),
        colors,
        rectifies ? 1 : 0);
    placed.launch(grid, effects.address(), cells.cells(), cells.count(), ends.out().address());
  }
}
