package io.patchbay.kernels.reference;

import io.patchbay.engine.Sizes;
import java.util.Arrays;

/// The patch: units of some rows from a source, counted as they are taken.
final class Patching implements FiringStep {
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
      final var range = Range.of(ranges, i, rows, x.rowSize());
      final int row = range.row();
      final int first = range.first();
      kernel.move(
          source.data(), source.row(row) + first, out.data(), out.row(row) + first, range.size());
      counts[row] += range.size();
    }
    fired = counts;
  }

  @Override
  public int[] fired() {
    return Arrays.copyOf(fired, fired.length);
  }

  /// Units `first` to `end - 1` of a row.
  record Range(int row, int first, int end) {
    /// The range at `index`.
    ///
    /// @throws IllegalArgumentException when it leaves the value
    static Range of(final Value ranges, final int index, final int rows, final int units) {
      final int at = ranges.row(index);
      final var range =
          new Range(
              (int) ranges.data()[at], (int) ranges.data()[at + 1], (int) ranges.data()[at + 2]);
      if (range.row < 0
          || range.row >= rows
          || range.first < 0
          || range.first > range.end
          || range.end > units) {
        throw new IllegalArgumentException(
            "patch outside the value: row=%d, first=%d, end=%d, rows=%d, units=%d"
                .formatted(range.row, range.first, range.end, rows, units));
      }
      return range;
    }

    int size() {
      return end - first;
    }
  }
}
