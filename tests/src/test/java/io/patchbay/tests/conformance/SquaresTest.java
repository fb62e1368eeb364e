package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Op.Propagate.Layer;
import io.patchbay.engine.Op.Propagate.Own;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.tests.cases.Draft;
import io.patchbay.tests.cases.Outputs;
import io.patchbay.tests.cases.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Squares of images through an encoder, many cells in a block of the CUDA kernel, on the emulator:
/// against float64, and each with the same bits beside whatever other cells.
final class SquaresTest {
  private static final long MEMORY = 1L << 30;
  private static final int BASES = 3;
  private static final int LINEAR = 10;

  /// More than the blocks of the emulator take in a turn.
  private static final int CELLS = 90;

  private static final int SIDE = 8;

  private static final PatchOp OWN =
      PatchOp.define("half", "clean * value + 0.25 * source", Map.of());

  /// An encoder of images, and how it is asked for a change.
  ///
  /// @param linear whether a linear layer follows
  /// @param outputs of the convolutions
  private record Encoder(
      int colors,
      int height,
      int width,
      Precision precision,
      boolean linear,
      Optional<PatchOp> own,
      int... outputs) {
    static Encoder of(final int colors, final int height, final int width, final int... outputs) {
      return new Encoder(colors, height, width, Precision.FP32, true, Optional.empty(), outputs);
    }

    Encoder in(final Precision other) {
      return new Encoder(colors, height, width, other, linear, own, outputs);
    }

    Encoder withoutLinear() {
      return new Encoder(colors, height, width, precision, false, own, outputs);
    }

    Encoder by(final PatchOp op) {
      return new Encoder(colors, height, width, precision, linear, Optional.of(op), outputs);
    }

    int plane() {
      return height * width;
    }

    @Override
    public String toString() {
      return "%dx%dx%d to %s%s, %s%s"
          .formatted(
              colors,
              height,
              width,
              Arrays.toString(outputs),
              linear ? " and " + LINEAR : "",
              precision,
              own.map(op -> ", own op").orElse(""));
    }
  }

  /// A cell: a rectangle of an image in some of its colors.
  private record Cell(int base, int source, float[] numbers, List<int[]> ranges) {}

  @TestFactory
  Stream<DynamicTest> agreeWithTheReference() {
    return EmulatedDevice.present()
        ? Stream.of(
                Encoder.of(1, 64, 64, 32, 32, 64, 64),
                Encoder.of(3, 64, 64, 32, 32, 64, 64),
                Encoder.of(1, 64, 64, 32, 32, 64, 64).in(Precision.BF16),
                Encoder.of(3, 48, 32, 16, 32, 48),
                Encoder.of(1, 16, 40, 64, 32).withoutLinear(),
                Encoder.of(1, 16, 16, 16, 16, 128, 64).by(OWN))
            .map(encoder -> DynamicTest.dynamicTest(encoder.toString(), () -> check(encoder)))
        : Stream.of();
  }

  private static void check(final Encoder encoder) {
    final var cells = cells(encoder, new SplittableRandom(5));
    final var order = IntStream.range(0, CELLS).toArray();
    final var turned = IntStream.range(0, CELLS).map(i -> i * 37 % CELLS).toArray();
    final var trial = trial(encoder, cells, order);
    final var device = EmulatedDevice.open(MEMORY, 2);
    try (var reference = new ReferenceBackend(new Settings(2, MEMORY));
        var cuda = CudaBackend.apart(device, true)) {
      final var launches =
          device.launches(() -> {
            try (var weights = trial.weights(cuda)) {
              cuda.load(trial.plan(), weights, Mode.FAST).close();
            }
          });
      assertTrue(
          launches.stream().anyMatch(launch -> launch.startsWith("change_squares")),
          launches::toString);
      final float[] expected = values(reference, trial);
      final float[] found = values(cuda, trial);
      final double bound = encoder.precision == Precision.BF16 ? 6e-3 : 1e-5;
      final double distance = Outputs.distance(found, expected);
      assertTrue(distance <= bound, () -> "distance: " + distance);
      final float[] other = values(cuda, trial(encoder, cells, turned));
      final int size = found.length / CELLS;
      for (int i = 0; i < CELLS; i++) {
        for (int j = 0; j < size; j++) {
          assertEquals(
              Float.floatToRawIntBits(found[turned[i] * size + j]),
              Float.floatToRawIntBits(other[i * size + j]),
              "cell " + turned[i]);
        }
      }
    }
  }

  private static float[] values(final Backend backend, final Trial trial) {
    return Outputs.of(backend, trial, Mode.FAST).values().getFirst();
  }

  /// Squares of a grid, clipped ones and smaller ones, of one color or all, and what is no square.
  private static List<Cell> cells(final Encoder encoder, final SplittableRandom random) {
    final var cells = new ArrayList<Cell>();
    for (int i = 0; i < CELLS; i++) {
      final boolean whole = i % 3 > 0;
      final int high = whole ? SIDE : 1 + random.nextInt(SIDE);
      final int wide = whole ? SIDE : i % 30 == 3 ? 2 * SIDE : 1 + random.nextInt(SIDE);
      final int y = corner(encoder.height, high, i % 3 == 1, random);
      final int x = corner(encoder.width, wide, i % 3 == 1, random);
      final int first = i % 5 == 4 ? random.nextInt(encoder.colors) : 0;
      final int past = i % 5 == 4 ? first + 1 : encoder.colors;
      final var ranges = new ArrayList<int[]>();
      for (int color = first; color < past && i % 20 != 10; color++) {
        for (int row = Math.max(0, y); row < Math.min(encoder.height, y + high); row++) {
          final int begin = color * encoder.plane() + row * encoder.width;
          ranges.add(new int[] {begin + Math.max(0, x), begin + Math.min(encoder.width, x + wide)});
        }
      }
      if (i % 20 == 15) {
        ranges.clear();
        ranges.add(new int[] {0, encoder.plane()});
      }
      final float[] numbers = {i % 2, i % 4, 1 - i % 2, -4, 4};
      cells.add(new Cell(random.nextInt(BASES), random.nextInt(BASES), numbers, ranges));
    }
    return cells;
  }

  /// Where a square begins: of a grid, at a border or beyond it, or anywhere.
  private static int corner(
      final int all, final int side, final boolean grid, final SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> grid ? 0 : 1 - side;
      case 1 -> grid ? all - side : all - 1;
      default -> grid ? SIDE * random.nextInt(all / SIDE) : random.nextInt(all);
    };
  }

  private static Trial trial(final Encoder encoder, final List<Cell> all, final int[] order) {
    final var cells = IntStream.of(order).mapToObj(all::get).toList();
    final var triples = new ArrayList<int[]>();
    for (int i = 0; i < cells.size(); i++) {
      for (final var range : cells.get(i).ranges) {
        triples.add(new int[] {i, range[0], range[1]});
      }
    }
    final var sizes =
        Sizes.of(Draft.ROWS, CELLS).and(Draft.TABLE, BASES).and(Draft.RANGES, triples.size());
    final var draft = new Draft(sizes, 3);
    final int pixels = encoder.colors * encoder.plane();
    final var inputs = new ArrayList<Node>();
    inputs.add(draft.input(Shape.batched(Draft.TABLE, pixels), 0, 1));
    inputs.add(draft.input(Shape.batched(Draft.TABLE, pixels), 0, 1));
    inputs.add(draft.integers(Shape.batched(Draft.ROWS), i -> cells.get(i).base));
    inputs.add(draft.integers(Shape.batched(Draft.ROWS), i -> cells.get(i).source));
    inputs.add(draft.floats(Shape.batched(Draft.ROWS, 5), i -> cells.get(i / 5).numbers[i % 5]));
    inputs.add(draft.integers(Shape.batched(Draft.RANGES, 3), i -> triples.get(i / 3)[i % 3]));
    final var layers = new ArrayList<Layer>();
    int channels = encoder.colors;
    int height = encoder.height;
    int width = encoder.width;
    for (final int to : encoder.outputs) {
      height /= 2;
      width /= 2;
      final double most = 1 / Math.sqrt(4 * channels);
      inputs.add(draft.state("w" + layers.size(), Shape.of(to, channels, 4, 4), -most, most));
      inputs.add(draft.input(Shape.batched(Draft.TABLE, to, height, width), -1, 1));
      layers.add(new Layer(Kind.DOWN, Activation.RELU));
      channels = to;
    }
    if (encoder.linear) {
      final int size = channels * height * width;
      inputs.add(draft.state("w" + layers.size(), Shape.of(LINEAR, size), -0.1, 0.1));
      inputs.add(draft.input(Shape.batched(Draft.TABLE, LINEAR)));
      layers.add(new Layer(Kind.LINEAR, Activation.NONE));
    }
    final var own = encoder.own.map(op -> new Own(op, encoder.plane(), encoder.width));
    final var op = new Propagate(false, layers, End.VALUE, false, encoder.precision, own);
    draft.output(draft.graph().append(op, inputs.toArray(Node[]::new)));
    return draft.trial();
  }
}
