package io.patchbay.tests.known;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Gradients;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Optimizer;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.random.Normals;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Optimisers against loops written by hand, noise by its keys, and functions far from zero, on
/// every backend that can run here.
final class KnownAnswerTest {
  private static final Axis ROWS = new Axis("rows");
  private static final int STEPS = 50;
  private static final int SIZE = 37;

  private final Graph graph = new Graph();
  private final SplittableRandom random = new SplittableRandom(5);

  static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  private static Backend open(final String name) {
    return Backends.open(name, new Settings(2, 1 << 26)).backend();
  }

  private float[] random(final int count, final double low, final double high) {
    final var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }

  /// Minimises sum of scale (p - goal)^2 and returns p after the last step.
  private float[] minimise(
      final String backendName,
      final Optimizer optimizer,
      final float[] start,
      final float[] goal,
      final float[] scale,
      final float rate) {
    final var p = graph.state("p", Shape.of(SIZE));
    final var goalNode = graph.input("goal", Shape.of(SIZE));
    final var scaleNode = graph.input("scale", Shape.of(SIZE));
    final var rateNode = graph.input("rate", Shape.of());
    final var loss = Ops.sumRow(Ops.mul(scaleNode, Ops.square(Ops.sub(p, goalNode))));
    final var outputs = new ArrayList<Node>(List.of(loss));
    outputs.addAll(optimizer.update(List.of(p), Gradients.of(loss, List.of(p)), rateNode));
    try (var backend = open(backendName);
        var weights = backend.weights(List.copyOf(graph.states().values()));
        var program = backend.load(Plan.of(graph, outputs, Sizes.none()), weights)) {
      weights.write("p", start);
      program.write(goalNode, goal);
      program.write(scaleNode, scale);
      program.write(rateNode, new float[] {rate});
      float before = Float.POSITIVE_INFINITY;
      for (int step = 0; step < STEPS; step++) {
        program.run(Sizes.none());
        final float now = program.read(loss)[0];
        assertTrue(now < before, "the loss falls");
        before = now;
      }
      return weights.read("p");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void adamIsTheLoopOfItsPaper(final String backend) {
    final float[] start = random(SIZE, 2, 4);
    final float[] goal = random(SIZE, -1, 1);
    final float[] scale = random(SIZE, 0.1, 3);
    final float rate = 0.02f;
    final double[] p = new double[SIZE];
    final double[] m = new double[SIZE];
    final double[] v = new double[SIZE];
    for (int t = 0; t <= STEPS; t++) {
      for (int i = 0; i < SIZE; i++) {
        if (t == 0) {
          p[i] = start[i];
          continue;
        }
        final double g = 2 * scale[i] * (p[i] - goal[i]);
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        final double first = m[i] / (1 - Math.pow(0.9, t));
        final double second = v[i] / (1 - Math.pow(0.999, t));
        p[i] -= rate * first / (Math.sqrt(second) + 1e-8);
      }
    }
    final var adam = new Optimizer.Adam("all", 0.9, 0.999, 1e-8);
    final float[] result = minimise(backend, adam, start, goal, scale, rate);
    assertClose(p, result, backend);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void descentIsItsLoop(final String backend) {
    final float[] start = random(SIZE, 2, 4);
    final float[] goal = random(SIZE, -1, 1);
    final float[] scale = random(SIZE, 0.1, 3);
    final float rate = 0.02f;
    final double[] p = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      p[i] = start[i];
      for (int t = 0; t < STEPS; t++) {
        p[i] -= rate * 2 * scale[i] * (p[i] - goal[i]);
      }
    }
    assertClose(p, minimise(backend, new Optimizer.Sgd(), start, goal, scale, rate), backend);
  }

  private static void assertClose(
      final double[] expected, final float[] result, final String backend) {
    final double tolerance = backend.equals("reference") ? 4e-7 : 2e-5;
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], result[i], tolerance, "element " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void noiseBelongsToItsKeyAndNotToItsRow(final String backendName) {
    final int size = 10;
    final int rows = 6;
    final long seed = random.nextLong();
    final var shape = Shape.batched(ROWS, size);
    final var mu = graph.input("mu", shape);
    final var logvar = graph.input("logvar", shape);
    final var seedNode = graph.input("seed", Shape.of(2).integers());
    final var ids = graph.input("ids", Shape.batched(ROWS, 3).integers());
    final var eps = graph.append(new Op.Normal(Streams.EPS, size), seedNode, ids);
    final var z = Ops.reparameterise(mu, logvar, eps);
    final float[] mus = random(rows * size, -2, 2);
    final float[] logvars = random(rows * size, -4, 1);
    final long[] id = {0, 1, 0xFFFF_FFFFL, 1L << 32, 123_456_789_012L, 5};
    final int[] draw = {0, 3, 0, 7, 1, 0};
    final int[] keys = new int[rows * 3];
    for (int row = 0; row < rows; row++) {
      keys[row * 3] = (int) id[row];
      keys[row * 3 + 1] = (int) (id[row] >>> 32);
      keys[row * 3 + 2] = draw[row];
    }
    try (var backend = open(backendName);
        var weights = backend.weights(List.of());
        var program =
            backend.load(Plan.of(graph, List.of(z, eps), Sizes.of(ROWS, rows)), weights)) {
      program.write(mu, mus);
      program.write(logvar, logvars);
      program.write(seedNode, new int[] {(int) seed, (int) (seed >>> 32)});
      program.write(ids, keys);
      program.run(Sizes.of(ROWS, rows));
      final float[] drawn = program.read(eps);
      final float[] result = program.read(z);
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < size; i++) {
          final int at = row * size + i;
          final float one = Normals.one(seed, Streams.EPS, id[row], draw[row], i);
          assertEquals(one, drawn[at], 0, "the same bits");
          final double expected = mus[at] + Math.exp(logvars[at] / 2.0) * one;
          assertEquals(expected, result[at], 2e-6 * Math.max(1, Math.abs(expected)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void nothingOverflowsFarFromZero(final String backendName) {
    final var x = graph.input("x", Shape.batched(ROWS, 2));
    final var softplus = Ops.softplus(x);
    final var sigmoid = Ops.sigmoid(x);
    final var sum = Ops.logSumExpRow(x);
    final var slope = Gradients.of(softplus, List.of(x)).get(0);
    final var share = Gradients.of(sum, List.of(x)).get(0);
    final var outputs = List.of(softplus, sigmoid, sum, slope, share);
    try (var backend = open(backendName);
        var weights = backend.weights(List.of());
        var program = backend.load(Plan.of(graph, outputs, Sizes.of(ROWS, 3)), weights)) {
      program.write(x, new float[] {1e4f, 1e4f, -1e4f, -1e4f, 1e4f, -1e4f});
      program.run(Sizes.of(ROWS, 3));
      assertArrayEquals(new float[] {1e4f, 1e4f, 0, 0, 1e4f, 0}, program.read(softplus), 1e-30f);
      assertArrayEquals(new float[] {1, 1, 0, 0, 1, 0}, program.read(sigmoid), 1e-30f);
      assertArrayEquals(new float[] {1, 1, 0, 0, 1, 0}, program.read(slope), 1e-30f);
      final float log2 = (float) Math.log(2);
      assertArrayEquals(new float[] {1e4f + log2, -1e4f + log2, 1e4f}, program.read(sum), 2e-3f);
      assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f, 0.5f, 1, 0}, program.read(share), 1e-6f);
    }
  }

  /// As limits they must not hide what is not a number, on whichever side it stands.
  @ParameterizedTest
  @MethodSource("backends")
  void theLargerAndTheSmallerKeepWhatIsNotANumber(final String name) {
    final var a = graph.input("a", Shape.of(SIZE));
    final var b = graph.input("b", Shape.of(SIZE));
    final var outputs = List.of(Ops.max(a, b), Ops.min(a, b), Ops.min(Ops.max(a, b), b));
    final var left = random(SIZE, -1, 1);
    final var right = random(SIZE, -1, 1);
    final var expected = new float[3][SIZE];
    for (int i = 0; i < SIZE; i++) {
      left[i] = i % 3 == 0 ? Float.NaN : left[i];
      right[i] = i % 5 == 0 ? Float.NaN : right[i];
      expected[0][i] = Math.max(left[i], right[i]);
      expected[1][i] = Math.min(left[i], right[i]);
      expected[2][i] = Math.min(expected[0][i], right[i]);
    }
    try (var backend = open(name);
        var weights = backend.weights(List.of());
        var program = backend.load(Plan.of(graph, outputs, Sizes.none()), weights)) {
      program.write(a, left);
      program.write(b, right);
      program.run(Sizes.none());
      for (int i = 0; i < outputs.size(); i++) {
        assertArrayEquals(expected[i], program.read(outputs.get(i)), name + " " + i);
      }
    }
  }
}
