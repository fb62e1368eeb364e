package io.patchbay.kernels.reference;

/// A step that changes units of rows, and counts them.
interface FiringStep extends Step {
  /// Units that each row of the last run had changed.
  int[] fired();
}
