package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Op.Propagate.Layer;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.kernels.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Which cells change nothing, where some kernels find that out before they compute a cell and
/// others as they do: the same as in the reference, with no effect, and counted only where it is
/// asked for.
final class SkippedCellsTest {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis BASES = new Axis("bases");
  private static final Axis RANGES = new Axis("ranges");
  private static final long MEMORY = 1L << 30;
  private static final int HELD = 3;

  /// More than a block of kernels lists.
  private static final int CELLS = 280;

  /// Keep, shift, take, low, high: to a source, to zero, to a number that units have, as it is,
  /// half way, and to a source between limits.
  private static final float[][] PATCHES = {
    {0, 0, 1, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY},
    {0, 0, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY},
    {0, 0.5f, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY},
    {1, 0, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY},
    {0.5f, 0, 0.5f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY},
    {0, 0, 1, 0.25f, 0.5f},
  };

  /// A chain of transposed convolutions from a value of 32 channels.
  ///
  /// @param channels of the layers, the last of which makes an image
  private record Chain(int side, boolean rectifies, boolean eliminates, End end, int... channels) {
    Chain(
        final int side, final boolean rectifies, final boolean eliminates, final int... channels) {
      this(side, rectifies, eliminates, End.SQUARES, channels);
    }

    int plane() {
      return side * side;
    }

    @Override
    public String toString() {
      return "32 x %d x %d to %s, rectifies=%b, eliminates=%b, %s"
          .formatted(side, side, Arrays.toString(channels), rectifies, eliminates, end);
    }
  }

  /// What one backend gives: per cell, 1 where it is skipped, and its effect.
  private record Found(int[] skipped, float[] effects) {}

  @TestFactory
  Stream<DynamicTest> areTheReferences() {
    return EmulatedDevice.present()
        ? Stream.of(
                new Chain(32, true, true, 1),
                new Chain(32, false, true, 3),
                new Chain(32, true, false, 1),
                new Chain(16, true, true, 32, 1),
                new Chain(16, false, true, 32, 1),
                new Chain(8, true, true, 8, 1),
                new Chain(32, true, true, End.PRODUCTS, 1),
                new Chain(16, true, true, End.PRODUCTS, 32, 1),
                new Chain(16, false, false, End.PRODUCTS, 32, 1),
                new Chain(8, true, true, End.PRODUCTS, 8, 1))
            .map(chain -> DynamicTest.dynamicTest(chain.toString(), () -> check(chain)))
        : Stream.of();
  }

  private static void check(final Chain chain) {
    final var given = new Given(chain);
    final Found expected;
    try (var reference = new ReferenceBackend(new Settings(2, MEMORY))) {
      expected = given.run(reference);
    }
    final Found found;
    try (var cuda = CudaBackend.apart(EmulatedDevice.open(MEMORY, 2), true)) {
      found = given.run(cuda);
    }
    assertArrayEquals(expected.skipped, found.skipped);
    final int skipped = Arrays.stream(found.skipped).sum();
    if (!chain.eliminates) {
      assertEquals(0, skipped);
      return;
    }
    assertTrue(skipped > CELLS / 8 && skipped < CELLS / 2, () -> "skipped: " + skipped);
    for (int i = 0; i < CELLS; i++) {
      assertEquals(found.skipped[i] == 1, found.effects[i] == 0, "cell " + i);
    }
  }

  /// Cells of whole channels and of parts, some of which change nothing: of a base that is its own
  /// source, of channels that no base has anything in, and of equal numbers.
  private static final class Given {
    private final Graph graph = new Graph();
    private final Map<Node, float[]> numbers = new LinkedHashMap<>();
    private final Map<Node, int[]> integers = new LinkedHashMap<>();
    private final SplittableRandom random = new SplittableRandom(7);
    private final Node effect;

    Given(final Chain chain) {
      final int plane = chain.plane();
      final var value = Shape.batched(BASES, 32 * plane);
      final var inputs = new ArrayList<Node>();
      final var clean = new float[HELD * 32 * plane];
      for (int i = 0; i < clean.length; i++) {
        clean[i] = unit(i / plane % 32, i % plane < plane / 8);
      }
      final var table = floats("value", value, clean);
      inputs.add(table);
      inputs.add(table);
      inputs.add(integers("base", cells(i -> i * HELD / CELLS)));
      inputs.add(integers("source", cells(i -> random.nextInt(HELD))));
      final var five = new float[5 * CELLS];
      for (int i = 0; i < CELLS; i++) {
        System.arraycopy(PATCHES[i % PATCHES.length], 0, five, 5 * i, 5);
      }
      inputs.add(floats("numbers", Shape.batched(ROWS, 5), five));
      final var ranges = new int[3 * CELLS];
      for (int i = 0; i < CELLS; i++) {
        final int channel = random.nextInt(32);
        final boolean whole = i % 4 != 0;
        final int from = whole ? 0 : random.nextInt(plane);
        ranges[3 * i] = i;
        ranges[3 * i + 1] = channel * plane + from;
        ranges[3 * i + 2] =
            channel * plane + (whole ? plane : from + 1 + random.nextInt(plane - from));
      }
      inputs.add(graph.input("ranges", Shape.batched(RANGES, 3).integers()));
      integers.put(inputs.getLast(), ranges);
      final var layers = new ArrayList<Layer>();
      int channels = 32;
      int side = chain.side;
      for (final int to : chain.channels) {
        side *= 2;
        final boolean last = to < 8;
        inputs.add(drawn("weights" + layers.size(), Shape.of(channels, to, 4, 4), 1));
        inputs.add(drawn("clean" + layers.size(), Shape.batched(BASES, to, side, side), HELD));
        layers.add(new Layer(Kind.UP, last ? Activation.SIGMOID : Activation.RELU));
        channels = to;
      }
      if (chain.end == End.PRODUCTS) {
        inputs.add(drawn("directions", inputs.getLast().shape(), HELD));
        inputs.add(integers("direction", cells(i -> random.nextInt(HELD))));
      }
      effect =
          graph.append(
              new Propagate(chain.rectifies, layers, chain.end, chain.eliminates),
              inputs.toArray(Node[]::new));
    }

    /// Eighths: exact in all precisions. In every fourth channel nothing passes a rectifier, in
    /// every fifth all bases are alike, in others some units are.
    private float unit(final int channel, final boolean alike) {
      if (channel % 4 == 3) {
        return -0.125f * (1 + random.nextInt(4));
      }
      if (channel % 5 == 2) {
        return 0.5f;
      }
      return alike ? 0.5f : 0.125f * random.nextInt(8);
    }

    private int[] cells(final IntUnaryOperator each) {
      return IntStream.range(0, CELLS).map(each).toArray();
    }

    private Node floats(final String name, final Shape shape, final float... values) {
      final var node = graph.input(name, shape);
      numbers.put(node, values);
      return node;
    }

    private Node integers(final String name, final int... values) {
      final var node = graph.input(name, Shape.batched(ROWS).integers());
      integers.put(node, values);
      return node;
    }

    private Node drawn(final String name, final Shape shape, final int rows) {
      final var values = new float[rows * shape.rowSize()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (0.25 + random.nextDouble());
      }
      return floats(name, shape, values);
    }

    Found run(final Backend backend) {
      final var sizes = Sizes.of(ROWS, CELLS).and(BASES, HELD).and(RANGES, CELLS);
      try (var weights = backend.weights(List.of());
          var program = backend.load(Plan.of(graph, List.of(effect), sizes), weights)) {
        numbers.forEach(program::write);
        integers.forEach(program::write);
        program.run(sizes);
        return new Found(program.skipped(effect), program.read(effect));
      }
    }
  }
}
