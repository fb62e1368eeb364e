package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The CUDA kernels for all shapes, where others take their place for some: as
/// [CudaConformanceTest], in a class of its own, so that both may run at once.
final class CudaGeneralKernelsTest {
  /// Those for all shapes alone, where they are others: else the same launches have been checked.
  @TestFactory
  Stream<DynamicTest> generalKernelsTakeEveryShape() {
    final var check = CudaConformanceTest.check(false);
    return CudaConformanceTest.cases(
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
}
