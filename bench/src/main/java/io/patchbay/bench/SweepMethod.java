package io.patchbay.bench;

import io.patchbay.analysis.sweep.Subject;

/// How the project computes a sweep: the place where a faster way is plugged in.
interface SweepMethod {
  /// How it computes, as printed beside the figure.
  String label();

  /// Whether it can leave out cells that change nothing.
  boolean eliminates();

  /// Whatever a user's program does once and keeps: plans, memory, packed weights. Not timed.
  ///
  /// @param eliminate leaves out cells that change nothing; only where [#eliminates]
  Prepared prepare(Subject subject, SweepTask task, boolean eliminate);

  /// A sweep that is ready to run.
  interface Prepared extends AutoCloseable {
    /// Computes every cell of the bases `from` to `to - 1` from their images on, with all that the
    /// bases and their sources cost: what an earlier call computed is not used again.
    ///
    /// @param effects of those cells in the task's order, each of the outcome's width
    void run(int from, int to, float[] effects);

    @Override
    void close();
  }
}
