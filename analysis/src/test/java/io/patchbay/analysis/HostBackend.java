package io.patchbay.analysis;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;

/// The best backend on the host, whatever GPU there is: for tests that compare the bits of sweeps
/// which choose their ways themselves, as a GPU does by the clock, and for those that count on the
/// host's memory.
public final class HostBackend {
  private HostBackend() {}

  private static BackendProvider best() {
    return Backends.providers().stream()
        .filter(provider -> !provider.isNumbered() && provider.unavailable().isEmpty())
        .findFirst()
        .orElseThrow();
  }

  /// As `--device` takes it.
  public static String name() {
    return best().name();
  }

  public static Backend open(final Settings settings) {
    return best().open(settings);
  }
}
