package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import java.util.List;
import java.util.function.Consumer;
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

  static Stream<DynamicTest> cases(final List<OpCase> all, final Consumer<OpCase> check) {
    return EmulatedDevice.present()
        ? all.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check.accept(c)))
        : Stream.of();
  }

  /// One order of threads for each number of workers that a check asks for.
  static CaseCheck check(final boolean special) {
    return new CaseCheck(settings ->
        CudaBackend.apart(EmulatedDevice.open(MEMORY, settings.threads() - 1), special));
  }
}
