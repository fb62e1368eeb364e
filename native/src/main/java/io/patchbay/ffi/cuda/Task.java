package io.patchbay.ffi.cuda;

import java.util.Set;

/// A part of a recording.
///
/// @param what it is for: its text stands in messages, if there is any
/// @param work that asks a device for launches, copies within it and fills
/// @param after the tasks before this one, by their places in the recording, that must have ended
public record Task(Object what, Runnable work, Set<Integer> after) {
  public Task {
    after = Set.copyOf(after);
  }

  /// Of which nothing is said.
  public Task(final Runnable work, final Set<Integer> after) {
    this("", work, after);
  }
}
