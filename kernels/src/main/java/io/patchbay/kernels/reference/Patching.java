package io.patchbay.kernels.reference;

import io.patchbay.engine.Sizes;
import java.util.Arrays;

/// The patch: units of some rows from a source, counted as they are taken.
final class Patching implements Step {
  private final Value x;
  private final Value source;
  private final Value ranges;
  private final Value out;
  private final PatchKernel kernel;
  private int[] fired = {};

  Patching(
      final Value x,
      final Value source,
      final Value ranges,
      final Value out,
      final PatchKernel kernel) {
    this.x = x;
    this.source = source;
    this.ranges = ranges;
    this.out = out;
    this.kernel = kernel;
  }

  @Override
  public void run(final Sizes sizes, final Workers workers) {
    final int rows = x.rows(sizes);
    final int[] counts = new int[rows];
    out.copyFrom(x, x.elements(sizes));
    for (int i = 0; i < ranges.rows(sizes); i++) {
      final int row = (int) ranges.data()[ranges.row(i)];
      final int first = (int) ranges.data()[ranges.row(i) + 1];
      final int end = (int) ranges.data()[ranges.row(i) + 2];
      if (row < 0 || row >= rows || first < 0 || first > end || end > x.rowSize()) {
        throw new IllegalArgumentException(
            "patch outside the value: row=%d, first=%d, end=%d, rows=%d, units=%d"
                .formatted(row, first, end, rows, x.rowSize()));
      }
      kernel.move(
          source.data(), source.row(row) + first, out.data(), out.row(row) + first, end - first);
      counts[row] += end - first;
    }
    fired = counts;
  }

  /// Units that each row of the last run took from its source.
  int[] fired() {
    return Arrays.copyOf(fired, fired.length);
  }
}
