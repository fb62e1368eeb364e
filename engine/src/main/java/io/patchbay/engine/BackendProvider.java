package io.patchbay.engine;

import java.util.Optional;

/// Offers one backend; found through `ServiceLoader`.
public interface BackendProvider {
  String name();

  /// Larger is preferred by `auto`.
  int preference();

  /// Why this backend cannot run here, if it cannot.
  Optional<String> unavailable();

  /// @throws IllegalStateException when it is unavailable
  Backend open(Settings settings);

  /// What the user may choose.
  ///
  /// @param threads worker threads
  /// @param hostMemory bytes that may be held outside the Java heap
  record Settings(int threads, long hostMemory) {
    public Settings {
      if (threads < 1 || hostMemory < 1) {
        throw new IllegalArgumentException(
            "settings must be positive: threads=" + threads + ", hostMemory=" + hostMemory);
      }
    }
  }
}
