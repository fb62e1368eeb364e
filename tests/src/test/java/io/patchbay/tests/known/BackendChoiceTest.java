package io.patchbay.tests.known;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.BadSettingException;
import io.patchbay.engine.DeviceMissingException;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BackendChoiceTest {
  private static final Settings SETTINGS = new Settings(1, 1 << 20);

  @Test
  void opensABackendByName() {
    final var choice = Backends.open("reference", SETTINGS);
    try (var backend = choice.backend()) {
      assertEquals("reference", backend.name());
      assertEquals("reference (float64, Java)", backend.device());
      assertTrue(choice.reason().endsWith("(asked for)"), choice.reason());
    }
  }

  @Test
  void autoTakesTheMostPreferredThatCanRun() {
    final var expected =
        Backends.providers().stream()
            .filter(p -> p.unavailable().isEmpty())
            .max(Comparator.comparingInt(p -> p.preference()))
            .orElseThrow();
    final var choice = Backends.open("auto", SETTINGS);
    try (var backend = choice.backend()) {
      assertEquals(expected.name(), backend.name());
      assertTrue(choice.reason().startsWith(backend.device()), choice.reason());
    }
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    final var thrown =
        assertThrows(DeviceMissingException.class, () -> Backends.open("abacus", SETTINGS));
    final var message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains("name=abacus") && message.contains("reference"), message);
  }

  @Test
  void severalAreOpenedInTheirOrder() {
    final var choices = Backends.openAll("reference, cpu", SETTINGS);
    choices.forEach(choice -> choice.backend().close());
    assertEquals(
        List.of("reference", "cpu"), choices.stream().map(c -> c.backend().name()).toList());
    assertThrows(BadSettingException.class, () -> Backends.openAll("cpu,cpu", SETTINGS));
    assertThrows(DeviceMissingException.class, () -> Backends.openAll("cpu,", SETTINGS));
    assertThrows(DeviceMissingException.class, () -> Backends.openAll("cpu:all", SETTINGS));
  }

  /// `cuda:all`: every device that there is, or the reason why there is none.
  @Test
  void allAreTheDevicesOfTheirProvider() {
    final var numbered = Backends.providers().stream().filter(BackendProvider::isNumbered).toList();
    assertFalse(numbered.isEmpty());
    for (final var provider : numbered) {
      final var all = provider.name() + ":all";
      if (provider.unavailable().isEmpty()) {
        final var choices = Backends.openAll(all, SETTINGS);
        choices.forEach(choice -> choice.backend().close());
        assertEquals(provider.devices(), choices.size());
      } else {
        final var thrown =
            assertThrows(DeviceMissingException.class, () -> Backends.openAll(all, SETTINGS));
        final var message = String.valueOf(thrown.getMessage());
        assertTrue(message.contains("name=" + all), message);
        assertTrue(message.endsWith(provider.unavailable().get()), message);
      }
    }
  }

  @Test
  void namesAndPreferencesDiffer() {
    final var providers = Backends.providers();
    assertEquals(providers.size(), providers.stream().map(p -> p.name()).distinct().count());
    assertEquals(providers.size(), providers.stream().map(p -> p.preference()).distinct().count());
  }
}
