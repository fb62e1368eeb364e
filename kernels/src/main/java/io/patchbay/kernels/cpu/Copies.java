package io.patchbay.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Plain copies of whole values.
final class Copies {
  /// Copies `value`, which has no rows, into `state`.
  Step whole(final Value state, final Value value) {
    return Step.whole(
        "copy",
        1,
        state,
        List.of(value),
        (f, part, parts) ->
            MemorySegment.copy(
                Memory.at(value.address(), value.rowBytes()),
                0,
                Memory.at(state.address(), state.rowBytes()),
                0,
                value.rowBytes()));
  }
}
