package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The leading convolutions of a chain, which a change that touches little goes through in shared
/// memory (`change_region.cu`).
///
/// @param measures whether they are all layers, and what is wanted is a number; else their last
///   change goes on as a row
record RegionLayers(List<Layer> layers, boolean measures) {
  /// How many the kernels take.
  static final int MOST = 6;

  /// Fields of one of them.
  static final int FIELDS = 9;

  /// Sides of the squares of a layer's input that are small: of what comes before transposed
  /// convolutions a unit, of an image what an occlusion covers.
  private static final int UNIT = 1;

  private static final int SQUARE = 8;
  private static final int SQUARE_CHANNELS = 3;

  /// Rows of the strips in which high changes go through the last layers.
  private static final int STRIP = 8;

  private static final int THREADS = 256;
  private static final int WARP = 32;
  private static final int MOST_BLOCKS = 1024;
  private static final int TAPS = 16;

  RegionLayers {
    layers = List.copyOf(layers);
  }

  /// One convolution.
  ///
  /// @param code of its kind, as the kernels number it
  /// @param weights packed
  /// @param clean packed, or of an image as it is
  record Layer(
      int code,
      Value weights,
      Value clean,
      int height,
      int width,
      int channels,
      int outputs,
      Activation activation,
      boolean rounds) {
    private static final int DOWN = 0;
    private static final int UP = 1;
    private static final int IMAGE = 2;

    boolean down() {
      return code == DOWN;
    }

    int outHeight() {
      return code == DOWN ? height / 2 : 2 * height;
    }

    int outWidth() {
      return code == DOWN ? width / 2 : 2 * width;
    }

    int margin() {
      return code == DOWN ? 3 : 1;
    }

    /// The first of `out` places that see input `from`.
    int begin(final int from) {
      return Math.max(0, code == DOWN ? (from - 1) >> 1 : 2 * from - 1);
    }

    /// The end of them that see inputs before `to`.
    int end(final int to, final int out) {
      return Math.min(out, code == DOWN ? (to >> 1) + 1 : 2 * to + 1);
    }
  }

  static RegionLayers of(final Node node, final Propagate op, final Scope scope) {
    final var layers = new ArrayList<Layer>();
    boolean measures = false;
    for (int i = 0; i < Math.min(MOST, op.layers().size()); i++) {
      final var kind = op.layers().get(i).kind();
      final var activation = op.layers().get(i).activation();
      final var weights = node.input(Propagate.LEADING + 2 * i);
      final var clean = node.input(Propagate.LEADING + 2 * i + 1);
      final int outputs = clean.shape().dim(0);
      final boolean last = i + 1 == op.layers().size();
      final boolean numbers = last && op.end() != End.VALUE;
      final boolean image = numbers && kind == Kind.UP && (outputs == 1 || outputs == 3);
      if (kind == Kind.LINEAR || (numbers && activation == Activation.SIGMOID && !image)) {
        break;
      }
      final int code = kind == Kind.DOWN ? Layer.DOWN : image ? Layer.IMAGE : Layer.UP;
      final int channels = weights.shape().dim(kind == Kind.UP ? 0 : 1);
      final boolean rounds = op.rounds(i);
      measures |= numbers;
      layers.add(
          new Layer(
              code,
              weights(weights, code, channels, outputs, rounds, scope),
              image ? scope.value(clean) : clean(clean, scope),
              kind == Kind.DOWN ? 2 * clean.shape().dim(1) : clean.shape().dim(1) / 2,
              kind == Kind.DOWN ? 2 * clean.shape().dim(2) : clean.shape().dim(2) / 2,
              channels,
              outputs,
              last && !numbers ? Activation.NONE : activation,
              rounds));
    }
    return new RegionLayers(layers, measures);
  }

  private static Value weights(
      final Node weights,
      final int code,
      final int channels,
      final int outputs,
      final boolean rounds,
      final Scope scope) {
    final var kernel = scope.device().kernel("change_region_pack", "region_weights");
    final boolean image = code == Layer.IMAGE;
    final int deep = image ? (channels + 3) / 4 * 4 : channels;
    final int across = image ? outputs : (outputs + 1) / 2 * 2;
    final int size = TAPS * deep * across;
    return scope.packed(
        "region weights " + code + (rounds ? " rounded" : ""),
        weights,
        size,
        (from, to) ->
            kernel.launch(
                Launch.covering(size, THREADS, MOST_BLOCKS),
                from,
                to,
                code,
                channels,
                outputs,
                rounds ? 1 : 0));
  }

  private static Value clean(final Node clean, final Scope scope) {
    final var kernel = scope.device().kernel("change_region_pack", "region_clean");
    final var shape = clean.shape();
    final int plane = shape.dim(1) * shape.dim(2);
    final long bases = scope.rows(shape.axis());
    final long tiles =
        (long) Math.ceilDiv(shape.dim(0), WARP)
            * Math.ceilDiv(plane, WARP)
            * scope.most(shape.axis());
    return scope.packed(
        "region clean",
        clean,
        shape.rowSize(),
        (from, to) ->
            kernel.launch(
                new Launch(
                    Math.toIntExact(Math.max(1, tiles)),
                    1,
                    THREADS,
                    Float.BYTES * WARP * (WARP + 1)),
                from,
                to,
                bases,
                shape.dim(0),
                plane));
  }

  /// Floats of shared memory that any small patch takes at most.
  int small() {
    if (layers.isEmpty()) {
      return 0;
    }
    final var first = layers.getFirst();
    final boolean down = first.code() == Layer.DOWN;
    final int side = down ? SQUARE : UNIT;
    final int channels = down ? Math.min(SQUARE_CHANNELS, first.channels()) : 1;
    return room(channels, widest(side, true), widest(side, false), false);
  }

  /// Floats that any patch takes at most.
  int whole() {
    return plane(layers.getFirst().channels());
  }

  /// Floats that a patch of some channels takes at most.
  int plane(final int channels) {
    final int[] high = layers.stream().mapToInt(Layer::height).toArray();
    final int[] wide = layers.stream().mapToInt(Layer::width).toArray();
    return room(channels, high, wide, true);
  }

  /// Whether all of a change fits as many floats, and its end is a number, so that no cell needs
  /// dense layers.
  boolean fits(final int floats) {
    return measures && layers.getFirst().code() != Layer.DOWN && whole() <= floats;
  }

  /// @param channels of the first layer's input
  /// @param high rows of each layer's input
  /// @param wide columns
  /// @param strips whether high changes go in strips
  private int room(final int channels, final int[] high, final int[] wide, final boolean strips) {
    final int[] rooms = {0, 0};
    int deep = channels;
    for (int i = 0; i < layers.size(); i++) {
      final int around = 2 * layers.get(i).margin();
      final boolean last = i > 0 && i + 1 == layers.size() && layers.get(i).code() == Layer.IMAGE;
      final int rows = strips && last ? Math.min(STRIP + 2, high[i]) : high[i];
      final int floats = (rows + around) * (wide[i] + around) * pitch(deep);
      rooms[i % 2] = Math.max(rooms[i % 2], Math.ceilDiv(floats, 4) * 4);
      deep = layers.get(i).outputs();
    }
    return rooms[0] + rooms[1];
  }

  /// The most pixels that each layer makes of a square of an image.
  int[] pixels(final int side) {
    final int[] high = widest(side, true, 1 + layers.size());
    final int[] wide = widest(side, false, 1 + layers.size());
    return IntStream.range(1, high.length).map(i -> high[i] * wide[i]).toArray();
  }

  private int[] widest(final int side, final boolean down) {
    return widest(side, down, layers.size());
  }

  /// The largest extents of the first of the layers' inputs and, after them, of the output,
  /// wherever the first one begins.
  private int[] widest(final int side, final boolean down, final int count) {
    final var most = new int[count];
    final var first = layers.getFirst();
    final int all = down ? first.height() : first.width();
    for (int at = 0; at < all; at++) {
      int from = at;
      int to = Math.min(all, at + side);
      for (int i = 0; i < most.length; i++) {
        most[i] = Math.max(most[i], to - from);
        if (i == layers.size()) {
          break;
        }
        final var layer = layers.get(i);
        from = layer.begin(from);
        to = layer.end(to, down ? layer.outHeight() : layer.outWidth());
      }
    }
    return most;
  }

  /// Floats from one pixel to the next.
  private static int pitch(final int channels) {
    final int fours = Math.ceilDiv(channels, 4);
    return channels < 4 ? channels : 4 * (fours + (fours % 2 == 0 ? 1 : 0));
  }

  /// The kernel for their kinds.
  String kernel() {
    final long downs = layers.stream().filter(Layer::down).count();
    return downs == 0
        ? "change_region_up"
        : downs == layers.size() ? "change_region_down" : "change_region";
  }

  /// Threads for a small patch: of those that go up twice as many with each layer.
  int threads() {
    final boolean up = layers.getFirst().code() != Layer.DOWN;
    return up ? Math.min(THREADS, WARP << (layers.size() - 1)) : THREADS;
  }

  List<Value> reads() {
    return layers.stream().flatMap(l -> List.of(l.weights(), l.clean()).stream()).toList();
  }

  /// `RegionLayer`s of the kernels, [#MOST] of them.
  long[] fields() {
    final var fields = new long[FIELDS * MOST];
    for (int i = 0; i < layers.size(); i++) {
      final var l = layers.get(i);
      final long[] own = {
        l.weights().address(),
        l.clean().address(),
        l.code(),
        l.height(),
        l.width(),
        l.channels(),
        l.outputs(),
        ChangeEnds.code(l.activation()),
        l.rounds() ? 1 : 0
      };
      System.arraycopy(own, 0, fields, FIELDS * i, FIELDS);
    }
    return fields;
  }
}
