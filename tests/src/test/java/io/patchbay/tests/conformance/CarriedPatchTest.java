package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Op.Propagate.Layer;
import io.patchbay.engine.Op.Propagate.Own;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An op of one's own whose change is carried makes the same values as where they are patched
/// whole, bit for bit: through a layer that adds nothing to the change, each against the other.
final class CarriedPatchTest {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis BASES = new Axis("bases");
  private static final Axis SOURCES = new Axis("sources");
  private static final Axis RANGES = new Axis("ranges");

  /// Units: several tiles of them, the last one not full.
  private static final Shape SITE = Shape.of(3, 10, 19);

  private static final int SIZE = SITE.rowSize();

  /// Cell, first unit, end: one unit, a few, an odd number of vectors, some tiles, and tiles after
  /// a few.
  private static final int[] PLACES = {
    0, 5, 6, 1, 17, 30, 1, 200, 201, 2, 33, 85, 3, 190, 380, 3, 400, 570, 4, 0, 7, 4, 20, 570
  };

  private static final int CELLS = 5;
  private static final Sizes SIZES =
      Sizes.of(ROWS, CELLS).and(BASES, 2).and(SOURCES, 3).and(RANGES, PLACES.length / 3);

  static List<PatchOp> ops() {
    return List.of(
        PatchOp.define("taken", "source"),
        PatchOp.define("blend", "clean + alpha * (source - clean)", Map.of("alpha", 0.3)),
        PatchOp.define("number", "value"),
        PatchOp.define("places", "clean + 0.01 * unit + channel - row / (1 + column)"),
        PatchOp.define("drawn", "random < 0.4 ? source : clean * random"),
        PatchOp.define("curved", "tanh(clean) + sigmoid(source) * exp(mean) - value"));
  }

  /// What both forms read, by the node that takes it.
  private static final class Given {
    private final Graph graph = new Graph();
    private final Map<Node, float[]> numbers = new LinkedHashMap<>();
    private final Map<Node, int[]> integers = new LinkedHashMap<>();
    private final SplittableRandom random = new SplittableRandom(3);

    Node floats(final String name, final Shape shape, final int rows) {
      final var node = graph.input(name, shape);
      final var values = new float[rows * shape.rowSize()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (4 * random.nextDouble() - 2);
      }
      numbers.put(node, values);
      return node;
    }

    Node integers(final String name, final Shape shape, final int... values) {
      final var node = graph.input(name, shape.integers());
      integers.put(node, values);
      return node;
    }

    float[] run(final Node result) {
      final var plan = Plan.of(graph, List.of(result), SIZES);
      try (var backend = Backends.open("auto", new Settings(2, 1L << 28)).backend();
          var weights = backend.weights(List.of());
          var program = backend.load(plan, weights)) {
        final var read = plan.given();
        numbers.forEach((node, values) -> {
          if (read.contains(node)) {
            program.write(node, values);
          }
        });
        integers.forEach((node, values) -> {
          if (read.contains(node)) {
            program.write(node, values);
          }
        });
        program.run(SIZES);
        return program.read(result);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ops")
  void patchedValuesHaveTheSameBits(final PatchOp op) {
    final float[] whole = differences(op, false);
    assertFalse(Arrays.equals(new float[whole.length], whole));
    assertArrayEquals(whole, differences(op, true));
  }

  /// How far each unit of each cell moves.
  private static float[] differences(final PatchOp op, final boolean carried) {
    final var given = new Given();
    final int[] dims = carried ? new int[] {SIZE} : SITE.dims();
    final var bases = given.floats("bases", Shape.batched(BASES, dims), 2);
    final var sources = given.floats("sources", Shape.batched(SOURCES, dims), 3);
    final var mean = given.floats("mean", Shape.of(dims), 1);
    final var five = given.floats("numbers", Shape.batched(ROWS, 5), CELLS);
    final var base = given.integers("base", Shape.batched(ROWS), 0, 1, 1, 0, 1);
    final var source = given.integers("source", Shape.batched(ROWS), 2, 0, 1, 1, 2);
    final var ranges = given.integers("ranges", Shape.batched(RANGES, 3), PLACES);
    final var seed = given.integers("seed", Shape.of(2), 77, -5);
    final var ids =
        given.integers("ids", Shape.batched(ROWS, 3), 1, 0, 0, 2, 0, 9, 3, 1, 0, -4, 2, 7, 5, 0, 1);
    final var values = new ArrayList<Node>();
    if (op.reads(PatchValue.MEAN)) {
      values.add(mean);
    }
    if (op.reads(PatchValue.VALUE) && !carried) {
      values.add(Ops.reshape(Ops.slice(five, 1, 1, 2)));
    }
    if (op.reads(PatchValue.RANDOM)) {
      values.addAll(List.of(seed, ids));
    }
    if (!carried) {
      final var clean = Ops.gather(bases, base);
      if (op.reads(PatchValue.SOURCE)) {
        values.addFirst(Ops.gather(sources, source));
      }
      return given.run(Ops.sub(Ops.patch(op, clean, ranges, values), clean));
    }
    final var one = given.graph.input("one", Shape.of(SIZE, SIZE));
    final var diagonal = new float[SIZE * SIZE];
    for (int i = 0; i < SIZE; i++) {
      diagonal[i * SIZE + i] = 1;
    }
    given.numbers.put(one, diagonal);
    final var zero = given.graph.input("zero", Shape.batched(BASES, SIZE));
    given.numbers.put(zero, new float[2 * SIZE]);
    final var inputs = new ArrayList<>(List.of(bases, sources, base, source, five, ranges));
    inputs.addAll(List.of(one, zero));
    inputs.addAll(values);
    final var propagate =
        new Propagate(
            false,
            List.of(new Layer(Kind.LINEAR, Activation.NONE)),
            End.VALUE,
            false,
            Precision.FP32,
            Optional.of(Own.at(op, SITE)));
    return given.run(given.graph.append(propagate, inputs.toArray(Node[]::new)));
  }
}
