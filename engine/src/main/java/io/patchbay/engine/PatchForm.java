package io.patchbay.engine;

import java.util.Optional;

/// How a backend computes an op of a user's own.
///
/// @param how in a few words, of which each has its own bits: `interpreted`, `compiled by NVRTC
///   13.0`
/// @param why it is not faster, in one line, where this machine lacks something for that
public record PatchForm(String how, Optional<String> why) {
  /// What needs nothing.
  public static PatchForm of(final String how) {
    return new PatchForm(how, Optional.empty());
  }

  @Override
  public String toString() {
    return how + why.map(reason -> " (" + reason + ")").orElse("");
  }
}
