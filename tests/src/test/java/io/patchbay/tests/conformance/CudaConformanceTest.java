package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The CUDA kernels on the emulator, every case of the catalogue against float64, the same bits for
/// each order in which a block's threads may run: forward, reverse, at random. Every value stands
/// apart between guards, in memory that is not a number until it is written.
final class CudaConformanceTest {
  private static final long MEMORY = 1L << 30;

  /// With the kernels for some shapes.
  @TestFactory
  Stream<DynamicTest> agreesWithTheReference() {
    return cases(true);
  }

  /// Those for all shapes alone.
  @TestFactory
  Stream<DynamicTest> generalKernelsTakeEveryShape() {
    return cases(false);
  }

  /// With operands of fewer bits, which special kernels alone have.
  @TestFactory
  Stream<DynamicTest> narrowOperandsAgreeToo() {
    return cases(true, Catalogue.narrow());
  }

  private static Stream<DynamicTest> cases(final boolean special) {
    return cases(special, Catalogue.all());
  }

  private static Stream<DynamicTest> cases(final boolean special, final List<OpCase> all) {
    if (!EmulatedDevice.present()) {
      return Stream.of();
    }
    final var check = new CaseCheck(settings -> emulated(settings, special));
    return all.stream()
        .map(c ->
            DynamicTest.dynamicTest(
                c.name(),
                () -> assertEquals(List.of(), special ? check.faults(c) : check.mainFaults(c))))
        .onClose(check::close);
  }

  /// One order of threads for each number of workers that a check asks for.
  private static Backend emulated(final Settings settings, final boolean special) {
    return CudaBackend.apart(EmulatedDevice.open(MEMORY, settings.threads() - 1), special);
  }
}
