package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The CUDA kernels with ops of one's own compiled into them, as NVRTC makes them on a GPU: the
/// source that is emitted there is compiled here by g++ and runs on the emulator, with the same
/// cases of the catalogue as the kernels that interpret them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CompiledPatchTest {
  private static final long MEMORY = 1L << 30;

  private HostKernels compiler;
  private CaseCheck check;

  @BeforeAll
  void open(@TempDir final Path folder) {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
    compiler = new HostKernels(folder);
    check =
        new CaseCheck(settings ->
            CudaBackend.apart(
                EmulatedDevice.open(MEMORY, settings.threads() - 1, compiler), true));
  }

  @AfterAll
  void close() {
    if (check != null) {
      check.close();
    }
  }

  /// Every function and operator of the language, every value; patched whole, from gathered rows,
  /// and carried up and down, in regions, densely and through the kernels of a channel.
  static Stream<String> cases() {
    return Catalogue.all().stream()
        .map(Object::toString)
        .filter(name ->
            name.matches(
                "own patch (all|functions|limits|powers|steps|order|settled|written) .*(; 7|5, 4|9, 9|290)\\)"
                    + "|own patch of gathered rows.*"
                    + "|propagate own op on a decoder's channel .*"
                    + "|propagate own op .* of (5x4x4|7x9x4|3x12x10|2x4x8|10x1x1) to .*"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheReference(final String name) {
    final var known =
        Catalogue.all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    final int before = compiler.count();
    assertEquals(List.of(), check.mainFaults(known));
    assertTrue(compiler.count() > 0 && compiler.count() >= before);
  }
}
