package io.patchbay.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.NonFiniteException;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.random.Normals;
import io.patchbay.ffi.OutOfHostMemoryException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReferenceProgramTest {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis RANGES = new Axis("ranges");
  private static final float[] NOTHING = {};

  private final ReferenceBackend backend = new ReferenceBackend(new Settings(2, 1 << 20));
  private final Graph graph = new Graph();
  private final Node x = graph.input("x", Shape.batched(ROWS, 3));

  @AfterEach
  void close() {
    backend.close();
  }

  private ReferenceProgram load(final Sizes sizes, final Node... outputs) {
    final var weights = backend.weights(List.copyOf(graph.states().values()));
    return backend.load(Plan.of(graph, List.of(outputs), sizes), weights);
  }

  @Test
  void runsAnyNumberOfRowsUpToTheCapacity() {
    final var y = Ops.mul(x, 2);
    final var mean = Ops.sumRows(x);
    try (var program = load(Sizes.of(ROWS, 4), y, mean)) {
      program.write(x, new float[] {1, 2, 3, 4, 5, 6});
      program.run(Sizes.of(ROWS, 2));
      assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12}, program.read(y));
      assertArrayEquals(new float[] {5, 7, 9}, program.read(mean));
      program.run(Sizes.of(ROWS, 0));
      assertArrayEquals(NOTHING, program.read(y));
      assertArrayEquals(new float[] {0, 0, 0}, program.read(mean));
      assertThrows(IllegalArgumentException.class, () -> program.run(Sizes.of(ROWS, 5)));
      assertThrows(IllegalArgumentException.class, () -> program.write(x, new float[15]));
      assertThrows(IllegalArgumentException.class, () -> program.write(x, new float[4]));
      assertThrows(IllegalArgumentException.class, () -> program.write(x, new int[3]));
      assertThrows(IllegalArgumentException.class, () -> program.read(x));
      assertThrows(IllegalArgumentException.class, () -> program.fired(y));
    }
  }

  @Test
  void writesAndReadsParts() {
    final var y = Ops.neg(x);
    try (var program = load(Sizes.of(ROWS, 3), y)) {
      program.write(x, new float[] {0, 0, 0, 1, 2, 3, 4, 5, 6}, 1, 0, 2);
      program.write(x, new float[] {7, 8, 9}, 0, 2, 1);
      program.run(Sizes.of(ROWS, 3));
      final var target = new float[10];
      program.read(y, target, 1);
      assertArrayEquals(new float[] {0, -1, -2, -3, -4, -5, -6, -7, -8, -9}, target);
    }
  }

  @Test
  void assignsAfterEveryReader() {
    final var a = graph.state("a", Shape.of(2));
    final var b = graph.state("b", Shape.of(2));
    final var toA = Ops.assign(a, b);
    final var toB = Ops.assign(b, a);
    final var sum = Ops.add(a, Ops.mul(b, 10));
    final var weights = backend.weights(List.of(a, b));
    weights.write("a", new float[] {1, 2});
    weights.write("b", new float[] {3, 4});
    final long before = weights.version();
    final var plan = Plan.of(graph, List.of(toA, toB, sum, a), Sizes.none());
    try (var program = backend.load(plan, weights)) {
      program.run(Sizes.none());
      assertArrayEquals(new float[] {31, 42}, program.read(sum));
      assertArrayEquals(new float[] {1, 2}, program.read(a), "the old value");
      assertArrayEquals(new float[] {3, 4}, program.read(toA), "the new value");
    }
    assertArrayEquals(new float[] {3, 4}, weights.read("a"));
    assertArrayEquals(new float[] {1, 2}, weights.read("b"));
    assertTrue(weights.version() > before);
    weights.close();
    assertThrows(IllegalStateException.class, () -> weights.read("a"));
  }

  @Test
  void patchesUnitsAndCountsThem() {
    final var source = graph.input("source", Shape.batched(ROWS, 3));
    final var ranges = graph.input("ranges", Shape.batched(RANGES, 3).integers());
    final var y = Ops.patch(x, source, ranges);
    final var sizes = Sizes.of(ROWS, 3).and(RANGES, 4);
    try (var program = load(sizes, y)) {
      program.write(x, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
      program.write(source, new float[] {-1, -2, -3, -4, -5, -6, -7, -8, -9});
      program.write(ranges, new int[] {0, 1, 2, 2, 0, 1, 2, 1, 3});
      program.run(Sizes.of(ROWS, 3).and(RANGES, 3));
      assertArrayEquals(new float[] {1, -2, 3, 4, 5, 6, -7, -8, -9}, program.read(y));
      assertArrayEquals(new int[] {1, 0, 3}, program.fired(y));
      program.run(Sizes.of(ROWS, 1).and(RANGES, 0));
      assertArrayEquals(new int[] {0}, program.fired(y));
      assertThrows(
          IllegalArgumentException.class,
          () -> program.run(Sizes.of(ROWS, 2).and(RANGES, 3)),
          "a range names a row that is not there");
    }
  }

  @Test
  void aPatchThatMovesNothingStillSaysThatItFired() {
    final var source = graph.input("source", Shape.batched(ROWS, 3));
    final var ranges = graph.input("ranges", Shape.batched(RANGES, 3).integers());
    final var y = Ops.patch(x, source, ranges);
    final var sizes = Sizes.of(ROWS, 1).and(RANGES, 1);
    try (var broken = new ReferenceBackend(new Settings(1, 1 << 20), (v, s, r, t, n) -> {});
        var weights = broken.weights(List.of());
        var program = broken.load(Plan.of(graph, List.of(y), sizes), weights)) {
      program.write(x, new float[] {1, 2, 3});
      program.write(source, new float[] {4, 5, 6});
      program.write(ranges, new int[] {0, 0, 3});
      program.run(sizes);
      assertArrayEquals(new float[] {1, 2, 3}, program.read(y));
      assertArrayEquals(new int[] {3}, program.fired(y));
    }
  }

  @Test
  void drawsTheNormalsOfTheirKeys() {
    final var seed = graph.input("seed", Shape.of(2).integers());
    final var ids = graph.input("ids", Shape.batched(ROWS, 3).integers());
    final var eps = graph.append(new Op.Normal(5, 7), seed, ids);
    final long key = 0x8123_4567_89AB_CDEFL;
    final long id = 0xFEDC_BA98_7654L;
    try (var program = load(Sizes.of(ROWS, 2), eps)) {
      program.write(seed, new int[] {(int) key, (int) (key >>> 32)});
      program.write(ids, new int[] {1, 0, 2, (int) id, (int) (id >>> 32), 3});
      program.run(Sizes.of(ROWS, 2));
      final var expected = new float[14];
      Normals.fill(key, 5, 1, 2, expected, 0, 7);
      Normals.fill(key, 5, id, 3, expected, 7, 7);
      assertArrayEquals(expected, program.read(eps));
    }
  }

  @Test
  void stepModeNamesTheFirstPlaceThatIsNotFinite() {
    final var log = graph.site("encoder.mu", Ops.log(x));
    final var y = Ops.exp(Ops.neg(log));
    final var weights = backend.weights(List.of());
    final var plan = Plan.of(graph, List.of(y), Sizes.of(ROWS, 2));
    try (var program = backend.load(plan, weights, Backend.Mode.STEP)) {
      program.write(x, new float[] {1, 1, 1, 1, 0, 1});
      final var thrown =
          assertThrows(NonFiniteException.class, () -> program.run(Sizes.of(ROWS, 2)));
      final var message = String.valueOf(thrown.getMessage());
      assertTrue(message.contains("site=encoder.mu"), message);
      assertTrue(message.contains("LOG") && message.contains("element=4"), message);
      assertThrows(IllegalStateException.class, () -> program.read(y), "no run was finished");
      program.run(Sizes.of(ROWS, 1));
      assertArrayEquals(new float[] {1, 1, 1}, program.read(y));
    }
  }

  @Test
  void countsItsMemoryAndRefusesMore() {
    final long before = backend.bytes();
    final var y = Ops.mul(x, 2);
    final var program = load(Sizes.of(ROWS, 100), y);
    assertTrue(program.bytes() >= 2 * 300 * Double.BYTES);
    assertTrue(backend.bytes() - before >= program.bytes());
    assertThrows(OutOfHostMemoryException.class, () -> load(Sizes.of(ROWS, 100_000), y));
    program.close();
    program.close();
    assertEquals(before, backend.bytes());
    assertThrows(IllegalStateException.class, () -> program.run(Sizes.of(ROWS, 1)));
    assertThrows(IllegalStateException.class, () -> program.write(x, new float[3]));
    assertThrows(IllegalStateException.class, () -> program.read(y));
  }

  @Test
  void refusesWhatItCannotBind() {
    final var state = graph.state("w", Shape.of(3));
    final var y = Ops.add(x, state);
    final var plan = Plan.of(graph, List.of(y), Sizes.of(ROWS, 1));
    final var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> backend.load(plan, backend.weights(List.of())));
    assertTrue(String.valueOf(thrown.getMessage()).contains("name=w"));
    backend.close();
    assertThrows(IllegalStateException.class, () -> backend.weights(List.of()));
  }
}
