package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Running.Misfire;
import io.patchbay.engine.Running.Wanted;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Runs that are started one after the other, before the first of them is looked at.
final class StartedRunTest {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis BASES = new Axis("bases");
  private static final Axis RANGES = new Axis("ranges");
  private static final int SIZE = 3;
  private static final int MOST = 700;
  private static final long MEMORY = 1L << 28;

  /// A patch of rows of a table to zero, at units that ranges name.
  private static final class Patched implements AutoCloseable {
    private final Node table;
    private final Node index;
    private final Node ranges;
    private final Node patch;
    private final Program program;

    Patched(final Backend backend) {
      final var graph = new Graph();
      table = graph.input("table", Shape.batched(BASES, SIZE));
      index = graph.input("index", Shape.batched(ROWS).integers());
      final var zero = graph.input("zero", Shape.batched(ROWS, SIZE));
      ranges = graph.input("ranges", Shape.batched(RANGES, 3).integers());
      patch = Ops.patch(Ops.gather(table, index), zero, ranges);
      final var most = Sizes.of(ROWS, MOST).and(BASES, 8).and(RANGES, MOST);
      program = backend.load(Plan.of(graph, List.of(patch), most), backend.weights(List.of()));
      program.write(table, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
      program.write(zero, new float[MOST * SIZE]);
    }

    /// The middle unit of each row.
    void ranges(final int rows) {
      final var all = new int[3 * rows];
      for (int i = 0; i < rows; i++) {
        all[3 * i] = i;
        all[3 * i + 1] = 1;
        all[3 * i + 2] = 2;
      }
      program.write(ranges, all);
    }

    static Sizes sizes(final int rows) {
      return Sizes.of(ROWS, rows).and(BASES, 4).and(RANGES, rows);
    }

    @Override
    public void close() {
      program.close();
    }
  }

  private static Stream<DynamicTest> each(final Consumer<Backend> test) {
    final Stream<Map.Entry<String, Supplier<Backend>>> backends =
        Stream.of(
            Map.entry(
                "reference", () -> Backends.open("reference", new Settings(1, MEMORY)).backend()),
            Map.entry("cpu", () -> Backends.open("cpu", new Settings(2, MEMORY)).backend()),
            Map.entry("cuda", () -> CudaBackend.apart(EmulatedDevice.open(MEMORY, 2), true)));
    return backends
        .filter(e -> !e.getKey().equals("cuda") || EmulatedDevice.present())
        .map(e ->
            DynamicTest.dynamicTest(
                e.getKey(),
                () -> {
                  try (var backend = e.getValue().get()) {
                    test.accept(backend);
                  }
                }));
  }

  private static int[] filled(final int length, final int value) {
    final var all = new int[length];
    Arrays.fill(all, value);
    return all;
  }

  /// Of other rows and other numbers of them; a pattern whose last block is not whole.
  @TestFactory
  Stream<DynamicTest> eachKeepsWhatItLeft() {
    return each(backend -> {
      try (var patched = new Patched(backend)) {
        final var program = patched.program;
        patched.ranges(MOST);
        program.spread(patched.index, new int[] {3, 1, 0, 2}, 6, 2, 10);
        final var first =
            program.start(
                Patched.sizes(10),
                new Wanted(
                    List.of(patched.patch), List.of(), Map.of(patched.patch, filled(10, 1))));
        final var rows = new int[MOST];
        Arrays.setAll(rows, i -> i % 4);
        program.write(patched.index, rows);
        final var second =
            program.start(
                Patched.sizes(MOST),
                new Wanted(
                    List.of(patched.patch), List.of(), Map.of(patched.patch, filled(MOST, 1))));
        check(first.read(patched.patch), new int[] {3, 1, 3, 1, 3, 1, 0, 2, 0, 2});
        check(second.read(patched.patch), rows);
        assertEquals(Optional.empty(), first.misfired(patched.patch));
        assertEquals(Optional.empty(), second.misfired(patched.patch));
        assertThrows(IllegalArgumentException.class, () -> first.skipped(patched.patch));
        program.run(Patched.sizes(10));
        assertArrayEquals(
            Arrays.copyOf(second.read(patched.patch), 10 * SIZE), program.read(patched.patch));
      }
    });
  }

  private static void check(final float[] found, final int[] rows) {
    final var expected = new float[rows.length * SIZE];
    for (int i = 0; i < rows.length; i++) {
      expected[SIZE * i] = 3 * rows[i] + 1;
      expected[SIZE * i + 2] = 3 * rows[i] + 3;
    }
    assertArrayEquals(expected, found);
  }

  /// A pattern of one row a block, of rows that are no multiple of it.
  @TestFactory
  Stream<DynamicTest> aRowIsRepeated() {
    return each(backend -> {
      try (var patched = new Patched(backend)) {
        patched.ranges(7);
        patched.program.spread(patched.index, new int[] {2, 0, 1}, 3, 1, 7);
        patched.program.run(Patched.sizes(7));
        check(patched.program.read(patched.patch), new int[] {2, 2, 2, 0, 0, 0, 1});
      }
    });
  }

  /// Patterns of more values than one launch writes, with other writes before and after.
  @TestFactory
  Stream<DynamicTest> patternsOfSeveralValuesStandInTheirOrderAmongWrites() {
    return each(backend -> {
      final var graph = new Graph();
      final var table = graph.input("table", Shape.batched(BASES));
      final var indices = new ArrayList<Node>();
      final var outputs = new ArrayList<Node>();
      for (int i = 0; i < 6; i++) {
        indices.add(graph.input("index" + i, Shape.batched(ROWS).integers()));
        outputs.add(Ops.gather(table, indices.getLast()));
      }
      final var sizes = Sizes.of(ROWS, 6).and(BASES, 4);
      try (var program = backend.load(Plan.of(graph, outputs, sizes), backend.weights(List.of()))) {
        program.write(table, new float[] {0, 1, 2, 3});
        for (int i = 0; i < 6; i++) {
          program.spread(indices.get(i), new int[] {i % 4, (i + 1) % 4}, 3, 1, 6);
        }
        program.run(sizes);
        for (int i = 0; i < 6; i++) {
          final int a = i % 4;
          final int b = (i + 1) % 4;
          assertArrayEquals(new float[] {a, a, a, b, b, b}, program.read(outputs.get(i)));
        }
        program.spread(indices.get(0), new int[] {3, 2}, 6, 2, 6);
        program.write(indices.get(0), new int[] {1});
        program.write(indices.get(1), new int[] {1, 1, 1, 1, 1, 1});
        program.spread(indices.get(1), new int[] {0, 3}, 6, 2, 4);
        program.spread(indices.get(2), new int[] {1}, 6, 1, 6);
        program.spread(indices.get(2), new int[] {2}, 6, 1, 6);
        program.run(sizes);
        assertArrayEquals(new float[] {1, 2, 3, 2, 3, 2}, program.read(outputs.get(0)));
        assertArrayEquals(new float[] {0, 3, 0, 3, 1, 1}, program.read(outputs.get(1)));
        assertArrayEquals(new float[] {2, 2, 2, 2, 2, 2}, program.read(outputs.get(2)));
        assertArrayEquals(new float[] {3, 3, 3, 0, 0, 0}, program.read(outputs.get(3)));
      }
    });
  }

  /// The first of several, in the run in which it was and in no other.
  @TestFactory
  Stream<DynamicTest> aPatchThatDidNotFireAsExpectedIsFound() {
    return each(backend -> {
      try (var patched = new Patched(backend)) {
        final var program = patched.program;
        patched.ranges(MOST);
        program.write(patched.index, new int[MOST]);
        final int[] expected = filled(MOST, 1);
        expected[651] = 2;
        expected[300] = 0;
        expected[699] = 3;
        final var wrong =
            program.start(
                Patched.sizes(MOST),
                new Wanted(List.of(), List.of(), Map.of(patched.patch, expected)));
        assertEquals(Optional.of(new Misfire(300, 1)), wrong.misfired(patched.patch));
        final var right =
            program.start(
                Patched.sizes(MOST),
                new Wanted(List.of(), List.of(), Map.of(patched.patch, filled(MOST, 1))));
        right.end();
        assertEquals(Optional.empty(), right.misfired(patched.patch));
        assertThrows(
            IllegalArgumentException.class,
            () ->
                program.start(
                    Patched.sizes(MOST),
                    new Wanted(List.of(), List.of(), Map.of(patched.patch, filled(5, 1)))));
      }
    });
  }

  /// An index outside its table fails the run that read it.
  @TestFactory
  Stream<DynamicTest> aRunThatFailsSaysSoAtItsEnd() {
    return each(backend -> {
      try (var patched = new Patched(backend)) {
        final var program = patched.program;
        patched.ranges(2);
        program.write(patched.index, new int[] {0, 9});
        final var wanted = new Wanted(List.of(patched.patch), List.of(), Map.of());
        assertThrows(RuntimeException.class, () -> program.start(Patched.sizes(2), wanted).end());
        program.write(patched.index, new int[] {0, 3});
        check(program.start(Patched.sizes(2), wanted).read(patched.patch), new int[] {0, 3});
      }
    });
  }
}
