package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BenchOptionsTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "/runs/vae 1"})
  void optionsGoThroughTheArgumentsOfAProcess(final String run) {
    final var options = options(run, List.of("z-grid", "mediation"));
    assertEquals(options, BenchOptions.of(options.arguments()));
    assertEquals(options(run, List.of()), BenchOptions.of(options(run, List.of()).arguments()));
  }

  @Test
  void aRowIsALabelOrItsBeginning() {
    final var options = options("", List.of("mediation", "channels-16"));
    assertTrue(options.wants("mediation-4"));
    assertTrue(options.wants("mediation-16"));
    assertTrue(options.wants("channels-16"));
    assertFalse(options.wants("channels-32"));
    assertFalse(options.wants("encoder-channels-mu"));
    assertTrue(options("", List.of()).wants("z-grid"));
  }

  private static BenchOptions options(final String run, final List<String> rows) {
    return new BenchOptions(
        Suite.SWEEPS,
        "libtorch",
        "cpu",
        15,
        300,
        4,
        rows,
        Optional.of(run).filter(r -> !r.isEmpty()),
        true);
  }
}
