package io.patchbay.kernels.cpu;

/// The kernel that writes interventions; an interface so that a test can put a faulty one in its
/// place and see that the guards notice.
public interface PatchKernel {
  /// Writes rows `firstRow` to `firstRow + n - 1` of `y`: `x`, with the units of `ranges` (`m`
  /// triples of row, first unit, end unit) from `source`; adds the units written to `fired`. All
  /// but sizes are addresses.
  void patch(
      long x,
      long source,
      long ranges,
      long y,
      int channels,
      int height,
      int width,
      int firstRow,
      long n,
      long m,
      long fired);
}
