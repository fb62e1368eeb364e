package io.patchbay.analysis.sweep;

/// Computes all cells of one base input of a sweep.
interface InputCells extends AutoCloseable {
  Computed run(long row);

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
