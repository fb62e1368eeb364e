package io.patchbay.bench;

import java.util.List;
import java.util.Optional;

/// A library to compare with, found through `ServiceLoader`. Peers are compiled only with the
/// profile `peers`; without it the suite runs alone.
public interface Peer {
  /// Name on the command line: `libtorch`, `onednn`, `openblas`.
  String name();

  /// The library's own version.
  String version();

  /// Every form of the workload that the library offers, each single-threaded; empty when it has
  /// none. The caller closes them.
  List<Contestant> contestants(Workload workload, Conv4Weights weights, InputPool inputs);

  /// Every batched form of the naive sweep (one whole forward an intervention) that the library
  /// offers, each single-threaded, on a sample of cells drawn by `seed`; empty when it has none.
  /// The caller closes them.
  default List<SweepContestant> sweeps(SweepTask task, Conv4Weights weights, long seed) {
    return List.of();
  }

  /// The naive sweep as its tools are used: one forward and one read-back an intervention.
  default Optional<SweepContestant> sweepLoop(SweepTask task, Conv4Weights weights, long seed) {
    return Optional.empty();
  }
}
