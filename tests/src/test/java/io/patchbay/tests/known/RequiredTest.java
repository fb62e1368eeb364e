package io.patchbay.tests.known;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.Backends;
import io.patchbay.kernels.cuda.EmulatedDevice;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// `-Drequire=NAME,...` names what this machine and this build must have: what a test does without
/// elsewhere, or is left out without, is a failure then. Each test that needs one of them looks for
/// its name in the list; which names there are, stands here.
final class RequiredTest {
  /// Beside the backends: the host's emulator of the CUDA kernels; the browser that opens reports;
  /// the compilers of CUDA sources.
  private static final Set<String> OTHERS = Set.of("emulator", "chromium", "nvrtc", "nvcc");

  private static final List<String> REQUIRED =
      Arrays.stream(System.getProperty("require", "").split(","))
          .filter(name -> !name.isEmpty())
          .toList();

  /// A name that no test looks for would be required of nobody.
  @Test
  void everyNameIsKnown() {
    final var backends = Backends.providers().stream().map(BackendProvider::name).toList();
    final var unknown =
        REQUIRED.stream()
            .filter(name -> !backends.contains(name) && !OTHERS.contains(name))
            .toList();
    assertEquals(List.of(), unknown, () -> "expected some of " + backends + " and " + OTHERS);
  }

  @Test
  void everyBackendCanRun() {
    for (final var provider : Backends.providers()) {
      if (REQUIRED.contains(provider.name())) {
        assertEquals("", provider.unavailable().orElse(""), provider.name());
      }
    }
  }

  /// Without it the tests of the CUDA kernels have no cases.
  @Test
  void theEmulatorIsBuilt() {
    assertTrue(
        EmulatedDevice.present() || !REQUIRED.contains("emulator"),
        "no emulator: the build had no C++ compiler");
  }
}
