package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Landing;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What kernels find wrong while they run: each kind has an int in the device's memory, 0 until a
/// kernel writes there.
final class Faults {
  /// How many kinds one program may have.
  private static final int MOST = 512;

  private final Memory memory;
  private final List<String> kinds = new ArrayList<>();
  private final int[] found = new int[MOST];
  private long start;

  Faults(final Memory memory) {
    this.memory = memory;
  }

  /// Where a kernel writes an int other than 0 when it finds `what`.
  long address(final String what) {
    if (kinds.size() == MOST) {
      throw new IllegalStateException("too many kinds of faults in one plan: most=" + MOST);
    }
    if (kinds.isEmpty()) {
      start = memory.allocate("faults", 4L * MOST);
      memory.device().fill(start, 4L * MOST, 0);
    }
    kinds.add(what);
    return start + 4L * (kinds.size() - 1);
  }

  /// @throws IllegalArgumentException when a kernel has found something since the last check
  void check() {
    if (kinds.isEmpty()) {
      return;
    }
    memory.device().download(MemorySegment.ofArray(found), start);
    requireNone();
  }

  /// What kernels that were asked for until now will have found, for [#check].
  Optional<Landing> later() {
    return kinds.isEmpty() ? Optional.empty() : Optional.of(memory.device().land(start, 4L * MOST));
  }

  /// As [#check], of what was found by then.
  void check(final Landing then) {
    then.into(MemorySegment.ofArray(found));
    requireNone();
  }

  private void requireNone() {
    for (int i = 0; i < kinds.size(); i++) {
      if (found[i] != 0) {
        memory.device().fill(start, 4L * MOST, 0);
        throw new IllegalArgumentException(kinds.get(i) + ": code=" + found[i]);
      }
    }
  }
}
