package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Numbers under the smallest normal float32 slow a processor by two orders of magnitude. The C++
/// kernels take them as zero, and the thread that called a kernel keeps Java's arithmetic.
class SmallNumbersTest {
  @Test
  void areZeroInsideKernelsAndThereAgainAfterwards() {
    final var cpu =
        Backends.providers().stream()
            .filter(p -> p.name().equals("cpu") && p.unavailable().isEmpty())
            .findFirst();
    assumeTrue(cpu.isPresent(), "no cpu backend here");
    final var rows = new Axis("rows");
    final var graph = new Graph();
    final var x = graph.input("x", Shape.batched(rows, 4));
    final var halves = Ops.mul(x, 0.5);
    final var sum = Ops.sumRow(x);
    try (var backend = cpu.get().open(new Settings(2, 1 << 24));
        var weights = backend.weights(List.of());
        var program =
            backend.load(Plan.of(graph, List.of(halves, sum), Sizes.of(rows, 8)), weights)) {
      program.write(x, new float[] {1e-40f, 1, 2e-38f, -3e-39f, 1e-40f, 1e-40f, 1e-40f, 0});
      program.run(Sizes.of(rows, 2));
      assertArrayEquals(new float[] {0, 0.5f, 0, 0, 0, 0, 0, 0}, positive(program.read(halves)));
      assertArrayEquals(new float[] {1, 0}, program.read(sum));
      final float here = program.read(sum)[0] * Float.MIN_VALUE;
      assertEquals(Float.MIN_VALUE, here);
    }
  }

  /// Without the sign of a zero.
  private static float[] positive(final float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] += 0f;
    }
    return values;
  }
}
