package io.patchbay.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Gradients;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class GradientTest {
  private static final double TOLERANCE = 1e-6;

  private static Stream<OpCase> differentiable() {
    return Catalogue.all().stream().filter(OpCase::gradients);
  }

  @TestFactory
  Stream<DynamicTest> agreesWithDifferences() {
    return differentiable().map(c -> DynamicTest.dynamicTest(c.name(), () -> checkFirst(c, 3)));
  }

  @TestFactory
  Stream<DynamicTest> agreesWithDifferencesOfOneRow() {
    return differentiable().map(c -> DynamicTest.dynamicTest(c.name(), () -> checkFirst(c, 1)));
  }

  @TestFactory
  Stream<DynamicTest> secondOrderAgreesWithDifferences() {
    return differentiable().map(c -> DynamicTest.dynamicTest(c.name(), () -> checkSecond(c)));
  }

  private static void checkFirst(final OpCase opCase, final int rows) {
    final long seed = opCase.name().hashCode();
    final var trial = opCase.draw(rows, seed);
    final double worst = new Differences(trial, seed).worst(trial.outputs());
    assertTrue(worst < TOLERANCE, () -> "gradient is wrong: relative error=" + worst);
  }

  private static void checkSecond(final OpCase opCase) {
    final long seed = opCase.name().hashCode() + 1L;
    final var trial = opCase.draw(2, seed);
    final var first = new Differences(trial, seed).gradients(trial.outputs());
    final double worst = new Differences(trial, seed).worst(first);
    assertTrue(worst < TOLERANCE, () -> "second gradient is wrong: relative error=" + worst);
  }

  @Test
  void aLossWithRowsKeepsTheGradientsOfEachRow() {
    final var rows = new Axis("rows");
    final var graph = new Graph();
    final var x = graph.input("x", Shape.batched(rows, 2));
    final var w = graph.state("w", Shape.of(2));
    final var loss = Ops.sumRow(Ops.mul(Ops.square(x), w));
    final var unused = graph.input("unused", Shape.of(3));
    final var gradients = Gradients.of(loss, List.of(x, w, unused));
    final var sizes = Sizes.of(rows, 3);
    try (var backend = new ReferenceBackend(new Settings(1, 1 << 20));
        var weights = backend.weights(List.of(w));
        var program = backend.load(Plan.of(graph, gradients, sizes), weights)) {
      weights.write("w", new float[] {3, -1});
      program.write(x, new float[] {1, 2, 3, 4, 5, 6});
      program.run(sizes);
      assertArrayEquals(new float[] {6, -4, 18, -8, 30, -12}, program.read(gradients.get(0)));
      assertArrayEquals(new float[] {35, 56}, program.read(gradients.get(1)));
      assertArrayEquals(new float[] {0, 0, 0}, program.read(gradients.get(2)));
    }
  }

  @Test
  void nothingPassesAStoppedGradient() {
    final var graph = new Graph();
    final var x = graph.input("x", Shape.of(2));
    final var y = Ops.mul(x, Ops.stopGradient(x));
    final var gradient = Gradients.of(y, List.of(x)).get(0);
    try (var backend = new ReferenceBackend(new Settings(1, 1 << 20));
        var weights = backend.weights(List.of());
        var program = backend.load(Plan.of(graph, List.of(gradient), Sizes.none()), weights)) {
      program.write(x, new float[] {3, -4});
      program.run(Sizes.none());
      assertArrayEquals(new float[] {3, -4}, program.read(gradient), "x, not 2 x");
    }
  }
}
