package io.patchbay.kernels.cpu;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Sizes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Steps between two barriers. Over an axis: every worker takes a block of rows through all steps,
/// so that values stay in its cache. Without an axis: independent steps, each in shares.
record Phase(@Nullable Axis axis, List<Step> steps) {
  /// In the order in which workers should take the steps, where that is free.
  Phase largestFirst(final Sizes capacity) {
    return axis == null ? new Phase(null, Step.largestFirst(steps, capacity)) : this;
  }
}
