package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.Backends;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.tests.cases.Catalogue;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every case of the catalogue on every backend that can run here, against float64; the same bits
/// for any number of threads, for a row alone or in a batch, and run after run.
final class ConformanceTest {
  static final String REFERENCE = "reference";

  private static List<BackendProvider> others() {
    return Backends.providers().stream()
        .filter(p -> !p.name().equals(REFERENCE) && p.unavailable().isEmpty())
        .toList();
  }

  @TestFactory
  Stream<DynamicContainer> agreesWithTheReference() {
    return others().stream().map(ConformanceTest::cases);
  }

  private static DynamicContainer cases(final BackendProvider provider) {
    final var check = new CaseCheck(provider::open);
    final var tests =
        Catalogue.all().stream()
            .map(c ->
                DynamicTest.dynamicTest(c.name(), () -> assertEquals(List.of(), check.faults(c))))
            .onClose(check::close);
    return DynamicContainer.dynamicContainer(provider.name(), tests);
  }

  /// The check itself: a patch that counts its units and moves nothing does not pass it.
  @Test
  void aPatchThatMovesNothingIsFound() {
    try (var check =
        new CaseCheck(s -> new ReferenceBackend(s, (from, at, to, place, count) -> {}))) {
      final var patches =
          Catalogue.all().stream().filter(c -> c.name().startsWith("patch ")).toList();
      assertTrue(patches.size() >= 3);
      patches.forEach(c -> assertNotEquals(List.of(), check.faults(c), c.name()));
    }
  }

  /// `-Drequire=cpu,cuda` makes a missing backend a failure; a browser is asked for in the same
  /// list, and the test of the report sees to it.
  @Test
  void whatIsRequiredIsHere() {
    final var required =
        Arrays.stream(System.getProperty("require", "").split(","))
            .filter(name -> !name.isBlank() && !name.equals("chromium"))
            .toList();
    for (final var name : required) {
      final var provider =
          Backends.providers().stream().filter(p -> p.name().equals(name)).findFirst();
      assertTrue(provider.isPresent(), () -> "no such backend: name=" + name);
      assertEquals("", provider.get().unavailable().orElse(""), name);
    }
  }

  @Test
  void theReferenceIsNotComparedWithItself() {
    assertTrue(Backends.providers().stream().anyMatch(p -> p.name().equals(REFERENCE)));
    assertTrue(others().stream().noneMatch(p -> p.name().equals(REFERENCE)));
    final boolean cpu =
        Backends.providers().stream()
            .anyMatch(p -> p.name().equals("cpu") && p.unavailable().isEmpty());
    assertEquals(cpu, others().stream().anyMatch(p -> p.name().equals("cpu")));
  }
}
