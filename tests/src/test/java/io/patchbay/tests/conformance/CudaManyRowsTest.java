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
import io.patchbay.tests.cases.ManyRows;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The CUDA kernels on more rows than their blocks take at once: sums of several parts, and blocks
/// that go round again.
final class CudaManyRowsTest {
  private static final long MEMORY = 1L << 30;
  private static final List<String> HELD =
      List.of(
          "conv_down_held_16",
          "conv_down_held_8",
          "conv_down_held_4",
          "conv_up_held_16",
          "conv_up_held_8",
          "conv_up_held_4",
          "conv_disjoint_down",
          "conv_disjoint_up");

  @TestFactory
  Stream<DynamicTest> agreesWithTheReference() {
    final var cases = Catalogue.all().stream().filter(ManyRows::sums).toList();
    assertTrue(cases.size() > 100);
    return EmulatedDevice.present()
        ? cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c, true)))
        : Stream.of();
  }

  /// With the kernels for all shapes, where those for some take the sums.
  @TestFactory
  Stream<DynamicTest> sumsOfProductsAgreeToo() {
    return EmulatedDevice.present()
        ? Catalogue.all().stream()
            .filter(ManyRows::products)
            .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c, false)))
        : Stream.of();
  }

  /// Where there are many multiprocessors for few rows.
  @TestFactory
  Stream<DynamicTest> bentLayersAgreeOnLargeDevices() {
    return EmulatedDevice.present()
        ? Catalogue.all().stream()
            .filter(ManyRows::bent)
            .map(c -> DynamicTest.dynamicTest(c.name(), () -> checkLarge(c)))
        : Stream.of();
  }

  private static void checkLarge(final OpCase opCase) {
    final var trial = opCase.draw(CaseCheck.MANY, 4);
    try (var reference = new ReferenceBackend(new Settings(1, MEMORY));
        var cuda = CudaBackend.apart(EmulatedDevice.large(MEMORY, 0), true)) {
      final var expected = Outputs.of(reference, trial, Mode.FAST);
      final var found = Outputs.of(cuda, trial, Mode.FAST);
      assertEquals("", found.firstFar(expected, opCase.tolerance(cuda)));
    }
  }

  private static void check(final OpCase opCase, final boolean special) {
    final var trial = opCase.draw(ManyRows.SUMS, 1);
    try (var reference = new ReferenceBackend(new Settings(1, MEMORY));
        var cuda = CudaBackend.apart(EmulatedDevice.open(MEMORY, 2), special)) {
      final var expected = Outputs.of(reference, trial, Mode.FAST);
      final var found = Outputs.of(cuda, trial, Mode.FAST);
      assertEquals("", found.firstFar(expected, opCase.tolerance(cuda)));
      if (opCase.rowwise()) {
        final var alone = Outputs.of(cuda, trial.row(ManyRows.SUMS - 7), Mode.FAST);
        assertEquals("", alone.firstOtherBit(found.row(trial, ManyRows.SUMS - 7)));
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

  /// Layers have other kernels for few rows than for many, and the more multiprocessors there are,
  /// the longer rows are few: what a row comes to is the same bits.
  @TestFactory
  Stream<DynamicTest> layersDoNotDependOnRows() {
    if (!EmulatedDevice.present()) {
      return Stream.of();
    }
    final var cases =
        Stream.concat(Catalogue.narrow().stream(), Catalogue.all().stream())
            .filter(ManyRows::layers)
            .filter(c -> !ofMany(c).equals(ofOne(c)))
            .toList();
    for (final var kernel : HELD) {
      for (final var suffix : List.of("_tf32", "_tf32x3")) {
        assertTrue(cases.stream().anyMatch(c -> isOf(c, kernel, suffix)), kernel + suffix);
      }
    }
    return cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> checkRows(c)));
  }

  private static List<String> ofMany(final OpCase opCase) {
    return Launches.kernels(opCase, ManyRows.LAYER_ROWS, EmulatedDevice.open(MEMORY, 0));
  }

  private static List<String> ofOne(final OpCase opCase) {
    return Launches.kernels(opCase, 1, EmulatedDevice.large(MEMORY, 0));
  }

  private static boolean isOf(final OpCase opCase, final String kernel, final String suffix) {
    return ofMany(opCase).stream().anyMatch(k -> k.endsWith(kernel + suffix))
        && ofOne(opCase).stream().anyMatch(k -> k.endsWith(kernel + "_few" + suffix));
  }

  private static void checkRows(final OpCase opCase) {
    final var trial = opCase.draw(ManyRows.LAYER_ROWS, 3);
    try (var cuda = CudaBackend.apart(EmulatedDevice.open(MEMORY, 1), true);
        var large = CudaBackend.apart(EmulatedDevice.large(MEMORY, 0), true)) {
      final var found = Outputs.of(cuda, trial, Mode.FAST);
      for (final int row : new int[] {0, ManyRows.LAYER_ROWS - 2}) {
        final var alone = Outputs.of(large, trial.row(row), Mode.FAST);
        assertEquals("", alone.firstOtherBit(found.row(trial, row)));
      }
    }
  }

  private static void checkCapacity(final OpCase opCase) {
    final var few = opCase.draw(9, 1);
    final var many = opCase.draw(ManyRows.SUMS, 2);
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
