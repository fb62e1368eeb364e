package io.patchbay.kernels.reference;

/// How a patch moves one range of units from its source into its result. A test of the guards puts
/// a wrong one in this place: a patch that counts its units and moves nothing.
@FunctionalInterface
public interface PatchKernel {
  /// Copies `count` elements of `values`, from place `source` on, to `result`, from `target` on.
  void move(double[] values, int source, double[] result, int target, int count);
}
