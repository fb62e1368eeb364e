package io.patchbay.analysis.sweep;

/// Computes all cells of one base input of a sweep.
interface InputCells extends AutoCloseable {
  Computed run(long row);

  /// Cells that are computed at a time, at most.
  int rows();

  @Override
  void close();

  /// @param effects `[unit][variation][draw]`
  /// @param cells how many cells came out of the network, counted there
  /// @param deduplicated how many equal a computed one
  /// @param provedZero how many were proved to change nothing, and left out
  record Computed(float[] effects, long cells, long deduplicated, long provedZero) {
    /// @param planned cells that there should be
    Account account(final long planned) {
      return new Account(planned, cells, deduplicated, provedZero);
    }
  }
}
