package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Plan;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The CUDA kernels on more rows than their blocks take at once: sums of several parts, and blocks
/// that go round again.
final class CudaManyRowsTest {
  private static final long MEMORY = 1L << 30;
  private static final int ROWS = 700;
  private static final Pattern NAMES =
      Pattern.compile(
          "(reduce|scatter|gather|broadcast|patch|noise|log of|batch stat|objective).*");

  @TestFactory
  Stream<DynamicTest> agreesWithTheReference() {
    final var cases =
        Catalogue.all().stream().filter(c -> NAMES.matcher(c.name()).matches()).toList();
    assertTrue(cases.size() > 100);
    return EmulatedDevice.present()
        ? cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)))
        : Stream.of();
  }

  private static void check(final OpCase opCase) {
    final var trial = opCase.draw(ROWS, 1);
    try (var reference = new ReferenceBackend(new Settings(1, MEMORY));
        var cuda = CudaBackend.apart(EmulatedDevice.open(MEMORY, 2), true)) {
      final var expected = Outputs.of(reference, trial, Mode.FAST);
      final var found = Outputs.of(cuda, trial, Mode.FAST);
      assertEquals("", found.firstFar(expected, opCase.tolerance()));
      if (opCase.rowwise()) {
        final var alone = Outputs.of(cuda, trial.row(ROWS - 7), Mode.FAST);
        assertEquals("", alone.firstOtherBit(found.row(trial, ROWS - 7)));
      }
    }
  }

  /// A sum over rows does not depend on the room that a program has for more of them.
  @TestFactory
  Stream<DynamicTest> sumsDoNotDependOnCapacity() {
    return EmulatedDevice.present()
        ? Catalogue.all().stream()
            .filter(c -> c.name().startsWith("reduce SUM (rows"))
            .map(c -> DynamicTest.dynamicTest(c.name(), () -> checkCapacity(c)))
        : Stream.of();
  }

  private static void checkCapacity(final OpCase opCase) {
    final var few = opCase.draw(9, 1);
    final var many = opCase.draw(ROWS, 2);
    try (var cuda = CudaBackend.apart(EmulatedDevice.open(MEMORY, 0), true);
        var weights = many.weights(cuda)) {
      final var own = Outputs.of(cuda, few, Mode.FAST);
      final var graph = few.graph();
      final var plan = Plan.of(graph, few.outputs(), many.sizes());
      try (var roomy = cuda.load(plan, weights, Mode.FAST)) {
        assertEquals("", Outputs.of(roomy, weights, few).firstOtherBit(own));
      }
    }
  }
}
