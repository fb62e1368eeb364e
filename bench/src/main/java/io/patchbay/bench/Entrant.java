package io.patchbay.bench;

import java.util.List;

/// One side of the comparison: it builds the forms in which it can do a workload.
@FunctionalInterface
interface Entrant {
  /// Every form of the workload, all fresh; none when this side does not do it. The caller closes
  /// them.
  ///
  /// @param threads threads that one contestant uses itself
  List<Contestant> contestants(Workload workload, int threads);
}
