package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;
import java.util.Optional;

/// The decoder with four transposed convolutions from 64 channels of 4 x 4 pixels to an image of 64
/// x 64, or its last layers, on the matrix unit: what a layer takes is in (H, W, C) order, the last
/// two layers and the effect are one kernel (`tail.cuh`). In bf16 a change is bf16 and a clean
/// value fp16; exact, for any other precision, all operands are pairs of bf16 and clean values
/// float32.
final class DecoderPath {
  private static final int THREADS = MatrixStages.THREADS;
  private static final int BLOCKS = MatrixStages.BLOCKS;

  /// What the layers make, from the linear ones on.
  private static final int FLAT = 256;

  private static final Shape FIRST = Shape.of(64, 4, 4);
  private static final Shape SECOND = Shape.of(64, 8, 8);
  private static final Shape THIRD = Shape.of(32, 16, 16);
  private static final Shape FOURTH = Shape.of(32, 32, 32);
  private static final int IMAGE = 64;

  /// `kChangeAnyShared`.
  private static final int ANY_SHARED = 32 * 257 * 4 + 32 * 8 * 4;

  /// Bytes of shared memory of the tail's kernels, as `tail_shared.cuh` says.
  static final int TAIL_STREAMED_SHARED = 232_128;

  static final int TAIL_COLORS_SHARED = 227_936;
  static final int TAIL_EXACT_SHARED = 232_384;
  static final int TAIL_EXACT_COLORS_SHARED = 216_032;
  private static final int TAIL_THREADS = 384;
  private static final int TAPS = 16;

  private final Scope scope;
  private final ChangeEnds ends;
  private final MatrixStages stages;
  private final int processors;
  private final boolean exact;

  private DecoderPath(
      final Node node, final Propagate op, final Scope scope, final ChangeEnds ends) {
    this.scope = scope;
    this.ends = ends;
    this.stages = new MatrixStages(node, scope);
    this.processors = stages.processors();
    this.exact = op.precision() != Precision.BF16;
    for (int i = 0; i < op.layers().size() - 2; i++) {
      final var weights = node.input(Propagate.LEADING + 2 * i);
      final var clean = node.input(Propagate.LEADING + 2 * i + 1);
      if (op.layers().get(i).kind() == Kind.UP) {
        up(weights, clean, i == 0);
      } else {
        linear(weights, clean, i == 0);
      }
    }
    if (op.layers().size() == 2) {
      split(node.input(Propagate.LEADING).shape().dim(0), THIRD.dim(1));
    }
    tail(node, op);
  }

  /// The path of a chain that it fits.
  static Optional<ChangePath> of(
      final Node node, final Propagate op, final Scope scope, final ChangeEnds ends) {
    return fits(node, op, scope)
        ? Optional.of(new DecoderPath(node, op, scope, ends).stages)
        : Optional.empty();
  }

  private static boolean fits(final Node node, final Propagate op, final Scope scope) {
    final int count = op.layers().size();
    final int room = scope.device().facts().sharedPerBlock();
    final boolean exact = op.precision() != Precision.BF16;
    // The first that the tail takes may not be the first of the chain if it would be rounded.
    final int least = exact ? 2 : 3;
    final int tail = Math.max(TAIL_STREAMED_SHARED, TAIL_EXACT_SHARED);
    if (op.end() == End.VALUE || count < least || room < tail) {
      return false;
    }
    // From the end backwards.
    final var made = List.of(FOURTH, THIRD, SECOND);
    for (int i = 0; i < count; i++) {
      final var layer = op.layers().get(i);
      final var shape = clean(node, i).on(null);
      final int left = count - 1 - i;
      final boolean up = layer.kind() == Kind.UP;
      final boolean fits =
          switch (left) {
            case 0 ->
                up
                    && layer.activation() == Activation.SIGMOID
                    && (shape.equals(Shape.of(1, IMAGE, IMAGE))
                        || shape.equals(Shape.of(3, IMAGE, IMAGE)));
            case 1, 2, 3 ->
                up && layer.activation() == Activation.RELU && shape.equals(made.get(left - 1));
            case 4 ->
                layer.kind() == Kind.LINEAR
                    && layer.activation() == Activation.RELU
                    && shape.rowSize() == FIRST.rowSize()
                    && weights(node, i).dim(1) == FLAT;
            case 5 ->
                layer.kind() == Kind.LINEAR
                    && layer.activation() == Activation.RELU
                    && shape.rowSize() == FLAT;
            default -> false;
          };
      if (!fits || (left < 2 && !isState(node, i))) {
        return false;
      }
    }
    final int channels = (count == 2 ? THIRD : FIRST).dim(0);
    return count > 4 || weights(node, 0).dim(0) == channels;
  }

  private static Shape clean(final Node node, final int layer) {
    return node.input(Propagate.LEADING + 2 * layer + 1).shape();
  }

  private static Shape weights(final Node node, final int layer) {
    return node.input(Propagate.LEADING + 2 * layer).shape();
  }

  private static boolean isState(final Node node, final int layer) {
    return node.input(Propagate.LEADING + 2 * layer).op() instanceof Op.State;
  }

  /// A linear layer: from float32 where it is the first, else from split rows; the one with 256
  /// inputs makes bf16, one or two, in (H, W, C) order.
  private void linear(final Node weights, final Node clean, final boolean first) {
    final int inputs = weights.shape().dim(1);
    final int outputs = weights.shape().dim(0);
    final var kernel = scope.device().kernel("change_linear", "change_linear_any");
    if (outputs == FLAT) {
      final var w = stages.read(scope.value(weights));
      final var a = stages.read(scope.value(clean));
      stages.add(
          4 * outputs,
          (cells, from, to) ->
              kernel.launch(
                  new Launch(3 * processors, 1, THREADS, ANY_SHARED),
                  from,
                  w.address(),
                  a.address(),
                  cells.bases(),
                  cells.count(),
                  to,
                  inputs,
                  outputs,
                  1,
                  1));
      return;
    }
    if (first) {
      final var split = scope.device().kernel("change_linear", "change_split");
      stages.add(
          4 * inputs,
          (cells, from, to) ->
              split.launch(
                  Launch.of(BLOCKS * processors, THREADS), from, cells.count(), to, inputs));
    }
    final int plane = FIRST.dim(1) * FIRST.dim(2);
    final var matrix =
        scope
            .device()
            .kernel("change_linear", exact ? "change_linear_256_split" : "change_linear_256");
    final var w =
        stages.packed("change_linear_pack", weights, inputs * outputs, inputs, outputs, plane);
    final var a = stages.clean("change_clean_order", clean, outputs, FIRST.dim(0), plane);
    // As many outputs as a block makes.
    final int most = 128;
    stages.add(
        unitBytes() * outputs,
        (cells, from, to) ->
            matrix.launch(
                new Launch(
                    Math.max(1, processors / (outputs / most)),
                    outputs / most,
                    THREADS,
                    linearShared(inputs)),
                from,
                w.address(),
                a.address(),
                cells.bases(),
                cells.count(),
                to,
                inputs,
                outputs,
                1,
                exact ? FIRST.dim(0) : 0));
  }

  /// Bytes of a unit of what a layer makes.
  private int unitBytes() {
    return exact ? 4 : 2;
  }

  /// From float32 in (C, H, W) order to two bf16 in (H, W, C) order.
  private void split(final int channels, final int side) {
    final var kernel = scope.device().kernel("change_pack", "change_split_pack");
    stages.add(
        4 * channels * side * side,
        (cells, from, to) ->
            kernel.launch(
                new Launch(BLOCKS * processors, 1, THREADS, MatrixStages.CLEAN_SHARED),
                from,
                to,
                cells.count(),
                channels,
                (long) side * side));
  }

  /// A transposed convolution; the first of a chain takes float32 in (C, H, W) order, and rounds
  /// nothing.
  private void up(final Node weights, final Node clean, final boolean first) {
    final int channels = weights.shape().dim(0);
    final int outputs = weights.shape().dim(1);
    final int side = clean.shape().dim(1) / 2;
    final int batch = side == FIRST.dim(1) ? 4 : 2;
    final var suffix = channels + "_" + outputs + "_" + side;
    final int words = TAPS / 2 * channels * outputs;
    final boolean pairs = first || exact;
    final var a =
        exact
            ? stages.clean(
                "change_clean_order",
                clean,
                clean.shape().rowSize(),
                outputs,
                clean.shape().rowSize() / outputs)
            : stages.halves(clean);
    final var form = exact ? "exact_" : first ? "first_" : "";
    final var kernel =
        scope
            .device()
            .kernel(pairs ? "change_up_first" : "change_up", "change_up_" + form + suffix);
    final var w =
        pairs
            ? stages.packed("change_up_split_pack", weights, 2 * words, channels, outputs, 1)
            : stages.packed("change_up_pack", weights, words, channels, outputs, 1);
    if (first) {
      split(channels, side);
    }
    final var launch =
        new Launch(
            processors,
            pairs ? outputs / 32 : 1,
            THREADS,
            MatrixStages.shared((pairs ? 4 : 2) * channels, side, batch, 3));
    stages.add(
        unitBytes() * clean.shape().rowSize(),
        (cells, from, to) ->
            kernel.launch(
                launch, from, w.address(), a.address(), cells.bases(), cells.count(), to));
  }

  /// The last two layers and the effect.
  private void tail(final Node node, final Propagate op) {
    final int last = op.layers().size() - 1;
    final var first = node.input(Propagate.LEADING + 2 * last - 2);
    final var second = stages.read(scope.value(node.input(Propagate.LEADING + 2 * last)));
    final int colors = clean(node, last).dim(0);
    final var active = node.input(Propagate.LEADING + 2 * last - 1);
    final var image = node.input(Propagate.LEADING + 2 * last + 1);
    final var grid = Launch.of(BLOCKS * processors, THREADS);
    final var pack = scope.device().kernel("tail_pack", "tail_pack_weights");
    final var packLow = scope.device().kernel("tail_pack", "tail_pack_low");
    // Pairs of bf16: of the first, exact twice, then twice of each color of the second.
    final int half = TAPS / 2 * first.shape().dim(0) * first.shape().dim(1);
    final int words = exact ? 2 * half : half;
    final int more = TAPS * first.shape().dim(1);
    final var form = exact ? "exact " : "";
    final var weights =
        stages.read(
            scope.packed(
                "tail weights " + form + colors,
                first,
                words + more * colors,
                (from, to) -> {
                  pack.launch(grid, from, second.address(), to, to + 4L * words, colors);
                  if (exact) {
                    packLow.launch(grid, from, 0, to + 4L * half, 0, colors);
                  }
                }));
    final long bases = scope.rows(active.shape().axis());
    final var packActive =
        scope.device().kernel("tail_pack", exact ? "tail_pack_exact" : "tail_pack_active");
    final var a =
        stages.read(
            scope.packed(
                "tail active " + form,
                active,
                active.shape().rowSize() / (exact ? 1 : 2),
                (from, to) -> packActive.launch(grid, from, 0, to, 0, 0, bases, colors)));
    final var i = TailPacks.ofTail(image, scope);
    stages.read(i.value());
    final boolean single = colors == 1;
    final var file =
        exact
            ? single ? "tail_exact" : "tail_exact_colors"
            : single ? "tail_streamed" : "tail_colors";
    final var kernel = scope.device().kernel(file, file + "_" + ChangeEnds.suffix(op.end()));
    final int shared =
        exact
            ? single ? TAIL_EXACT_SHARED : TAIL_EXACT_COLORS_SHARED
            : single ? TAIL_STREAMED_SHARED : TAIL_COLORS_SHARED;
    final var launch = new Launch(processors, 1, exact || !single ? THREADS : TAIL_THREADS, shared);
    stages.add(
        4,
        (cells, from, to) ->
            kernel.launch(
                launch,
                ChangeCells.concat(
                    new long[] {
                      from,
                      cells.bases(),
                      weights.address(),
                      weights.address() + 4L * words,
                      a.address(),
                      i.sides(),
                      i.logits(),
                      to,
                      cells.count()
                    },
                    ends.directed(cells))));
    final var place = scope.device().kernel("change_ends", "change_placed");
    stages.add(
        4,
        (cells, from, _) ->
            place.launch(
                Launch.covering(cells.most(), THREADS, BLOCKS * processors),
                from,
                cells.cells(),
                cells.count(),
                ends.out().address(),
                0,
                0));
  }

  /// `change_linear_shared` of `change_params.cuh`, of 32 cells in three stages and what warps hand
  /// to each other.
  private static int linearShared(final int inputs) {
    return 3 * MatrixStages.sixteens(32 * (4 * inputs + 16) + 4 * 32) + 2 * 8 * 32 * 32;
  }
}
