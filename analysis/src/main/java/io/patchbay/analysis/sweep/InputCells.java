package io.patchbay.analysis.sweep;

import io.patchbay.analysis.sweep.folder.Account;

/// Computes all cells of one base input of a sweep.
interface InputCells extends AutoCloseable {
  Computed run(long row);

  /// Says that the inputs at places `from` to `to - 1` of the sweep are asked for next, in their
  /// order, and none beyond: without it, all are.
  default void next(final int from, final int to) {}

  /// Inputs that are worth asking for one after the other: as many as are computed at a time, or
  /// some times as many.
  default int together() {
    return 1;
  }

  /// Cells that are computed at a time, at most.
  int rows();

  @Override
  void close();

  /// @param effects `[unit][variation][draw]`
  /// @param cells how many cells came out of the network, counted there
  /// @param deduplicated how many equal a computed one
  /// @param provedZero how many were proved to change nothing, and left out
  /// @param again how many were computed a second time, more exactly
  record Computed(float[] effects, long cells, long deduplicated, long provedZero, long again) {
    Computed(
        final float[] effects, final long cells, final long deduplicated, final long provedZero) {
      this(effects, cells, deduplicated, provedZero, 0);
    }

    /// @param planned cells that there should be
    Account account(final long planned) {
      return new Account(planned, cells, deduplicated, provedZero, again);
    }
  }
}
