package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is not measured: another kernel, a wrong result, one that proves nothing.
final class CheckedProgramTest {
  private static final double TOLERANCE = 1e-5;

  @Test
  void counts() {
    final var rates = new KernelBenchmark.Rates();
    try (var program = CheckedProgram.of(exponentials("expression", 2, TOLERANCE), 1)) {
      assertEquals(Set.of("expression"), CheckedProgram.kernels(program.program()));
      program.run();
      program.count(rates);
      program.count(rates);
    }
    assertEquals(20e-9, rates.gflop, 1e-15);
    assertEquals(2 * 4 * 20e-9, rates.gbyte, 1e-15);
  }

  @Test
  void refusesAnotherKernel() {
    refused(exponentials("reduce", 2, TOLERANCE), "other kernels than meant: expected=[reduce]");
  }

  /// Of so many numbers in float32 not all are as near to float64 as this.
  @Test
  void refusesAWrongResult() {
    refused(exponentials("expression", 400, 0), "result differs from float64");
  }

  @Test
  void refusesZeros() {
    final var draft = Drawn.rows(2);
    final var x = draft.input(Shape.batched(ROWS, 5));
    draft.output(Ops.step(Ops.neg(Ops.exp(x))));
    refused(Piece.of(draft.trial(), Set.of("expression"), TOLERANCE, 1, 1), "zeros check nothing");
  }

  private static Piece exponentials(final String kernel, final int rows, final double tolerance) {
    final var draft = Drawn.rows(rows);
    draft.output(Ops.exp(draft.input(Shape.batched(ROWS, 5))));
    return Piece.of(draft.trial(), Set.of(kernel), tolerance, 10, 20);
  }

  private static void refused(final Piece piece, final String expected) {
    final var refusal =
        assertThrows(IllegalStateException.class, () -> CheckedProgram.of(piece, 1).close());
    final var message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(expected), message);
  }
}
