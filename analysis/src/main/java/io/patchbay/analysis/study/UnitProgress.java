package io.patchbay.analysis.study;

/// Counts the interchanges of a study of units, those of parts that were kept too.
final class UnitProgress {
  private final UnitStudy.Listener listener;
  private final long all;
  private long done;

  UnitProgress(final UnitStudy.Listener listener, final long all) {
    this.listener = listener;
    this.all = all;
  }

  long done() {
    return done;
  }

  /// So many more are done.
  void add(final long more) {
    to(done + more);
  }

  /// So many are done.
  void to(final long now) {
    if (now > done) {
      done = now;
      listener.cells(done, all);
    }
  }
}
