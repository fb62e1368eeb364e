package io.patchbay.ffi.cuda;

import java.util.Set;

/// A part of a recording.
///
/// @param work that asks a device for launches, copies within it and fills
/// @param after the tasks before this one, by their places in the recording, that must have ended
public record Task(Runnable work, Set<Integer> after) {
  public Task {
    after = Set.copyOf(after);
  }
}
