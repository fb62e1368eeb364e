package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The gradient of a rectifier whose value is reshaped is no kernel of its own: the layer that
/// makes what comes in gates it.
final class GatedViewTest {
  private static final long MEMORY = 1L << 30;

  @ParameterizedTest
  @ValueSource(strings = {"linear then transposed", "layer then linear"})
  void aRectifierIsGatedThroughAReshape(final String name) {
    assumeTrue(EmulatedDevice.present(), "the build had no C++ compiler");
    // The one expression is what the result is weighted with.
    assertEquals(1, expressions(name + ", RELU"));
    assertEquals(2, expressions(name + ", TANH"));
  }

  private static long expressions(final String name) {
    final var opCase =
        Catalogue.all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    final List<String> kernels = Launches.kernels(opCase, 4, EmulatedDevice.open(MEMORY, 0));
    return kernels.stream().filter(k -> k.startsWith("expression")).count();
  }
}
