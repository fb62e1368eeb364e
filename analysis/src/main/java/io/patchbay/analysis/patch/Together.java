package io.patchbay.analysis.patch;

import io.patchbay.engine.Backend;

/// How much of some work runs at a time, where nothing but time and memory depends on it: on the
/// host's cores as much as their caches like, which whoever asks knows; on a device of its own as
/// much as keeps it busy.
public final class Together {
  /// A cell is less work than a run from the input on.
  private static final int CELLS_PER_ROW = 8;

  /// Words of a batch that pass between the host and a device, at most.
  private static final long WORDS = 1 << 24;

  /// Words of a cell beside its ranges: its base, source, five numbers, effect, and what is counted
  /// of it.
  private static final int PER_CELL = 12;

  private static final int PER_RANGE = 3;

  /// Inputs that are run together: at least so many, and a share of the rows that keep a backend
  /// busy.
  private static final int RUNS = 64;

  private static final int SHARE = 8;

  private Together() {}

  /// Words of a cell.
  public static long words(final int ranges) {
    return PER_CELL + (long) PER_RANGE * ranges;
  }

  /// Inputs that are run from the beginning at a time, where what they give is held.
  public static int runs(final Backend backend) {
    return Math.max(RUNS, backend.preferredRows() / SHARE);
  }

  /// Cells at a time.
  ///
  /// @param usual of the host's cores
  /// @param wanted that there are
  /// @param ranges of each
  /// @param read numbers that are read of each
  public static int cells(
      final Backend backend,
      final int usual,
      final long wanted,
      final int ranges,
      final long read) {
    final long most;
    if (backend.hasOwnMemory()) {
      most =
          Math.min((long) CELLS_PER_ROW * backend.preferredRows(), WORDS / (words(ranges) + read));
    } else {
      most = usual;
    }
    return (int) Math.max(1, Math.min(most, wanted));
  }

  /// Inputs whose cells run together.
  ///
  /// @param usual of the host's cores
  /// @param wanted that there are
  /// @param cells of each input
  /// @param ranges of each cell
  /// @param read numbers that are read of each cell
  public static int inputs(
      final Backend backend,
      final int usual,
      final int wanted,
      final int cells,
      final int ranges,
      final long read) {
    final long all = (long) wanted * cells;
    final int fitting = cells(backend, usual * cells, all, ranges, read) / cells;
    return Math.max(1, fitting);
  }
}
