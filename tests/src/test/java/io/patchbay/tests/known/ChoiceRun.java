package io.patchbay.tests.known;

import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.DeviceMissingException;

/// Opens the devices that are named, each in its turn, in a process of its own, whose environment
/// says what drivers there are. Prints which was chosen and why, or why none was.
final class ChoiceRun {
  private ChoiceRun() {}

  public static void main(final String[] names) {
    for (final var name : names) {
      try {
        final var choice = Backends.open(name, new Settings(1, 1 << 20));
        System.out.println("chosen=" + choice.backend().name() + ": " + choice.reason());
        choice.backend().close();
      } catch (final DeviceMissingException e) {
        System.out.println("missing: " + e.getMessage());
      }
    }
  }
}
