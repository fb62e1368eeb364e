package io.patchbay.kernels.reference;

import io.patchbay.engine.Sizes;

/// One node bound to its values.
@FunctionalInterface
interface Step {
  void run(Sizes sizes, Workers workers);
}
