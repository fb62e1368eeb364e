package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Squares of an image through the convolutions of an encoder, many cells at a time on the matrix
/// unit (`change_squares.cu`), up to the linear layers that follow.
final class SquaresPath {
  /// Of the largest rectangle that the kernel takes.
  static final int SIDE = 8;

  private static final int CELLS = 16;
  private static final int LAYERS = 4;
  private static final int WARPS = 8;
  private static final int PLACES = 8;
  private static final int OUTPUTS = 16;
  private static final int TAPS = 16;
  private static final int THREADS = 256;
  private static final int PACK_BLOCKS = 1024;

  /// Bytes of `SquaresRoom` and of the stages of the weights.
  static final int ROOM = 2048;

  static final int STAGE = 8192;
  static final int STAGES = 3;

  /// Of a multiprocessor, that registers leave room for.
  private static final int BLOCKS = 2;

  private final List<Value> weights = new ArrayList<>();
  private final Kernel kernel;
  private final int shared;
  private final int blocks;

  private SquaresPath(
      final Node node,
      final Propagate op,
      final Scope scope,
      final RegionLayers regions,
      final OwnKernels own) {
    final var pack = scope.device().kernel("change_pack", "change_down_split_pack");
    for (int i = 0; i < regions.layers().size(); i++) {
      final int channels = regions.layers().get(i).channels();
      final int outputs = regions.layers().get(i).outputs();
      final int words = TAPS * channels * outputs;
      weights.add(
          scope.packed(
              "change_down_split_pack",
              node.input(Propagate.LEADING + 2 * i),
              words,
              (from, to) ->
                  pack.launch(
                      Launch.covering(words / 2, THREADS, PACK_BLOCKS),
                      from,
                      to,
                      channels,
                      outputs,
                      1)));
    }
    this.kernel = own.kernel(op, "change_squares", "change_squares");
    this.shared = shared(regions);
    final var facts = scope.device().facts();
    this.blocks = Math.min(facts.blocksAtOnce(shared), BLOCKS) * facts.multiprocessors();
  }

  /// The path of a chain that it fits.
  static Optional<SquaresPath> of(
      final Node node,
      final Propagate op,
      final Scope scope,
      final RegionLayers regions,
      final OwnKernels own) {
    return takes(regions, scope.device())
        ? Optional.of(new SquaresPath(node, op, scope, regions, own))
        : Optional.empty();
  }

  /// Whether squares go this way: through two to four convolutions from an image of one or three
  /// colors, of each of which the warps of a block keep all sums at once.
  static boolean takes(final RegionLayers regions, final Device device) {
    final var layers = regions.layers();
    if (regions.measures() || layers.size() < 2 || layers.size() > LAYERS) {
      return false;
    }
    final int colors = layers.getFirst().channels();
    boolean fits = colors == 1 || colors == 3;
    final int[] pixels = layers.getFirst().down() ? regions.pixels(SIDE) : new int[layers.size()];
    for (int i = 0; i < layers.size(); i++) {
      final var layer = layers.get(i);
      final int pairs = layer.outputs() / OUTPUTS;
      final boolean last = i + 1 == layers.size();
      fits &=
          layer.down()
              && layer.outputs() % OUTPUTS == 0
              && pairs <= WARPS
              && (i > 0 ? pixels[i] <= PLACES * (WARPS / pairs) : !layer.rounds())
              && (layer.activation() == Activation.RELU
                  || (last && layer.activation() == Activation.NONE));
    }
    return fits && shared(regions) <= device.facts().sharedPerBlock();
  }

  /// Bytes of shared memory: `SquaresRoom`, three stages of weights, and the most that a layer
  /// makes.
  private static int shared(final RegionLayers regions) {
    final int[] pixels = regions.pixels(SIDE);
    int most = 0;
    for (int i = 0; i < pixels.length; i++) {
      final int pixel = Float.BYTES * regions.layers().get(i).outputs() + 16;
      most = Math.max(most, CELLS * pixels[i] * pixel);
    }
    return ROOM + STAGES * STAGE + most;
  }

  List<Value> reads() {
    return weights;
  }

  /// Carries the squares of a list.
  ///
  /// @param to where the change goes that dense layers take
  void run(final ChangeCells cells, final CellList some, final long to) {
    final var own = new long[3 + LAYERS];
    own[0] = some.cells();
    own[1] = some.count();
    own[2] = to;
    for (int i = 0; i < weights.size(); i++) {
      own[3 + i] = weights.get(i).address();
    }
    kernel.launch(
        new Launch(Math.min(some.most(), blocks), 1, THREADS, shared),
        ChangeCells.concat(cells.fields(), own));
  }
}
