package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The CUDA kernels on the emulator, every case of the catalogue against float64, the same bits for
/// each order in which a block's threads may run: forward, reverse, at random. Every value stands
/// apart between guards, in memory that is not a number until it is written.
final class CudaConformanceTest {
  private static final long MEMORY = 1L << 30;

  /// With the kernels for some shapes.
  @TestFactory
  Stream<DynamicTest> agreesWithTheReference() {
    final var check = check(true);
    return cases(Catalogue.all(), c -> assertEquals(List.of(), check.faults(c)))
        .onClose(check::close);
  }

  /// With operands of fewer bits, which special kernels alone have.
  @TestFactory
  Stream<DynamicTest> narrowOperandsAgreeToo() {
    final var check = check(true);
    return cases(Catalogue.narrow(), c -> assertEquals(List.of(), check.faults(c)))
        .onClose(check::close);
  }

  /// Those for all shapes alone, where they are others: else the same launches have been checked.
  @TestFactory
  Stream<DynamicTest> generalKernelsTakeEveryShape() {
    final var check = check(false);
    return cases(
            Catalogue.all(),
            c -> {
              if (!Launches.areGeneral(c, CaseCheck.MANY)) {
                assertEquals(List.of(), check.mainFaults(c));
              }
            })
        .onClose(check::close);
  }

  /// Of many cases the general kernels are all, of many others not.
  @Test
  void theKindsOfKernelsAreToldApart() {
    Assumptions.assumeTrue(EmulatedDevice.present(), "the build had no C++ compiler");
    final long all = Catalogue.all().size();
    final long same =
        Catalogue.all().stream().filter(c -> Launches.areGeneral(c, CaseCheck.MANY)).count();
    assertTrue(same > 100, () -> "same: " + same);
    assertTrue(all - same > 100, () -> "others: " + (all - same));
  }

  private static Stream<DynamicTest> cases(final List<OpCase> all, final Consumer<OpCase> check) {
    return EmulatedDevice.present()
        ? all.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check.accept(c)))
        : Stream.of();
  }

  /// One order of threads for each number of workers that a check asks for.
  private static CaseCheck check(final boolean special) {
    return new CaseCheck(settings ->
        CudaBackend.apart(EmulatedDevice.open(MEMORY, settings.threads() - 1), special));
  }
}
