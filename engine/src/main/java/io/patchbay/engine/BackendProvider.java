package io.patchbay.engine;

import java.util.Optional;

/// Offers one backend; found through `ServiceLoader`.
public interface BackendProvider {
  String name();

  /// Larger is preferred by `auto`.
  int preference();

  /// Why this backend cannot run here, if it cannot.
  Optional<String> unavailable();

  /// Whether it has devices by number, as in `cuda:1`.
  default boolean isNumbered() {
    return false;
  }

  /// How many devices it has, numbered from 0 on; 1 where they have no numbers.
  ///
  /// @throws DeviceMissingException when it cannot run here
  default int devices() {
    return 1;
  }

  /// @throws IllegalStateException when it is unavailable
  /// @throws DeviceMissingException when it has no device of the number asked for
  Backend open(Settings settings);

  /// What the user may choose.
  ///
  /// @param threads worker threads
  /// @param hostMemory bytes that may be held outside the Java heap
  /// @param number of the device, from 0 on
  record Settings(int threads, long hostMemory, int number) {
    public Settings {
      if (threads < 1 || hostMemory < 1 || number < 0) {
        throw new IllegalArgumentException(
            "settings must be positive: threads="
                + threads
                + ", hostMemory="
                + hostMemory
                + ", number="
                + number);
      }
    }

    /// Of the first device.
    public Settings(final int threads, final long hostMemory) {
      this(threads, hostMemory, 0);
    }
  }
}
