package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.random.Streams;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.kernels.reference.ReferenceBackend;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What CUDA kernels find wrong in the numbers of a run ends it with a message, writes nothing
/// outside of a buffer, and leaves nothing for the next run.
final class CudaFaultTest {
  private static final long MEMORY = 1L << 26;
  private static final Axis ROWS = new Axis("rows");
  private static final Axis TABLE = new Axis("table");
  private static final Axis RANGES = new Axis("ranges");
  private static final Sizes SIZES = Sizes.of(ROWS, 3).and(TABLE, 4).and(RANGES, 2);
  private static final Shape PER_ROW = Shape.batched(ROWS).integers();
  private static final Shape PER_ELEMENT = Shape.batched(ROWS, 4).integers();
  private static final Shape TRIPLES = Shape.batched(RANGES, 3).integers();
  private static final Shape IDS = Shape.batched(ROWS, 3).integers();
  private static final int[] RIGHT_ROWS = {2, 0, 1};
  private static final List<int[]> WRONG_ROWS =
      List.of(new int[] {2, 0, 4}, new int[] {-1, 0, 1}, new int[] {0, Integer.MIN_VALUE, 1});
  private static final int[] RIGHT_ELEMENTS = {0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 0, 2};
  private static final List<int[]> WRONG_ELEMENTS =
      List.of(
          new int[] {0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 0, 4},
          new int[] {-1, 1, 2, 3, 3, 2, 1, 0, 0, 1, 0, 2});
  private static final int[] RIGHT_RANGES = {0, 0, 2, 2, 1, 4};
  private static final List<int[]> WRONG_RANGES =
      List.of(
          new int[] {0, 0, 1, 3, 0, 1},
          new int[] {-1, 0, 1, 1, 0, 1},
          new int[] {1, 0, 1, 0, 0, 1},
          new int[] {0, 0, 5, 1, 0, 1},
          new int[] {0, -1, 2, 1, 0, 1},
          new int[] {0, 0, 1, 1, 3, 2},
          new int[] {0, 0, 1, Integer.MAX_VALUE, 0, Integer.MAX_VALUE});

  /// A value that is made from integers, and such that it cannot be made from.
  record Case(String name, Shape integers, int[] right, List<int[]> wrong, Make make) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Makes a node from what is given, and the integers.
  private interface Make {
    Node of(Given given, Node integers);
  }

  /// What every case is given: rows, others beside them, and a table.
  private record Given(Graph graph, Node x, Node source, Node table) {
    static Given of(final Graph graph) {
      return new Given(
          graph,
          graph.input("x", Shape.batched(ROWS, 4)),
          graph.input("source", Shape.batched(ROWS, 4)),
          graph.input("table", Shape.batched(TABLE, 4)));
    }
  }

  private static Stream<Case> cases() {
    final var swap = PatchOp.define("swap", "clean + a * (source - clean)", Map.of("a", 1.0));
    final var drawn = PatchOp.define("drawn", "random");
    return Stream.of(
        new Case(
            "gather rows", PER_ROW, RIGHT_ROWS, WRONG_ROWS, (g, i) -> Ops.gather(g.table(), i)),
        new Case(
            "gather elements",
            PER_ELEMENT,
            RIGHT_ELEMENTS,
            WRONG_ELEMENTS,
            (g, i) -> Ops.gather(g.table(), i)),
        new Case(
            "scatter rows",
            PER_ROW,
            RIGHT_ROWS,
            WRONG_ROWS,
            (g, i) -> g.graph().append(new Op.Scatter(TABLE), g.x(), i)),
        new Case(
            "scatter elements",
            PER_ELEMENT,
            RIGHT_ELEMENTS,
            WRONG_ELEMENTS,
            (g, i) -> g.graph().append(new Op.Scatter(TABLE), g.x(), i)),
        new Case(
            "patch",
            TRIPLES,
            RIGHT_RANGES,
            WRONG_RANGES,
            (g, i) -> Ops.patch(g.x(), g.source(), i)),
        new Case(
            "own patch",
            TRIPLES,
            RIGHT_RANGES,
            WRONG_RANGES,
            (g, i) -> Ops.patch(swap, g.x(), i, List.of(g.source()))),
        new Case(
            "patch of rows of a table",
            PER_ROW,
            RIGHT_ROWS,
            WRONG_ROWS,
            (g, i) -> Ops.patch(Ops.gather(g.table(), i), g.source(), ranges(g))),
        new Case(
            "patch from rows of a table",
            PER_ROW,
            RIGHT_ROWS,
            List.of(new int[] {4, 0, 1}, new int[] {0, 0, -1}),
            (g, i) -> Ops.patch(g.x(), Ops.gather(g.table(), i), ranges(g))),
        new Case(
            "noise",
            IDS,
            new int[] {7, 0, 1, -8, 65_535, 2, 9, 1, 0},
            List.of(
                new int[] {7, 0, 1, -8, 65_536, 2, 9, 1, 0},
                new int[] {7, -1, 1, -8, 65_535, 2, 9, 1, 0}),
            (g, i) -> g.graph().append(new Op.Normal(Streams.EPS, 6), seed(g), i)),
        new Case(
            "own patch by noise",
            IDS,
            new int[] {7, 0, 1, -8, 65_535, 2, 9, 1, 0},
            List.of(new int[] {7, -1, 1, -8, 65_535, 2, 9, 1, 0}),
            (g, i) -> Ops.patch(drawn, g.x(), ranges(g), List.of(seed(g), i))));
  }

  private static Node ranges(final Given given) {
    return given.graph().input("ranges", TRIPLES);
  }

  private static Node seed(final Given given) {
    return given.graph().input("seed", Shape.of(2).integers());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void wrongNumbersEndTheRun(final Case c) {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
    final var graph = new Graph();
    final var given = Given.of(graph);
    final var integers = graph.input("integers", c.integers());
    final var made = c.make().of(given, integers);
    final var plan = Plan.of(graph, List.of(made), SIZES);
    final float[] expected;
    try (var backend = new ReferenceBackend(new Settings(1, MEMORY));
        var weights = backend.weights(List.of());
        var program = backend.load(plan, weights, Mode.FAST)) {
      expected = run(program, plan, c.right(), made);
    }
    try (Backend backend = CudaBackend.apart(EmulatedDevice.open(MEMORY, 2), true);
        var weights = backend.weights(List.of());
        var program = backend.load(plan, weights, Mode.FAST)) {
      for (final var wrong : c.wrong()) {
        final var e =
            assertThrows(IllegalArgumentException.class, () -> run(program, plan, wrong, made));
        final var text = String.valueOf(e.getMessage());
        assertTrue(text.matches("(index outside|patch outside|random key out).*"), text);
        assertArrayEquals(expected, run(program, plan, c.right(), made));
      }
    }
  }

  private static float[] run(
      final Program program, final Plan plan, final int[] integers, final Node made) {
    for (final var node : plan.given()) {
      switch (((Op.Input) node.op()).name()) {
        case "x" -> program.write(node, numbers(12, 1));
        case "source" -> program.write(node, numbers(12, -1));
        case "table" -> program.write(node, numbers(16, 0.5f));
        case "ranges" -> program.write(node, RIGHT_RANGES);
        case "seed" -> program.write(node, new int[] {5, 6});
        default -> program.write(node, integers);
      }
    }
    program.run(SIZES);
    return program.read(made);
  }

  private static float[] numbers(final int count, final float factor) {
    final var numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = factor * (i + 1);
    }
    return numbers;
  }
}
