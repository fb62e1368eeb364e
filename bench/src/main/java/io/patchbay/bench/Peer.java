package io.patchbay.bench;

import java.util.List;

/// A library to compare with, found through `ServiceLoader`. Peers are compiled only with the
/// profile `peers`; without it the suite runs alone.
public interface Peer {
  /// Name on the command line: `libtorch`, `onednn`.
  String name();

  /// The library's own version.
  String version();

  /// Every form of the workload that the library offers, each single-threaded; empty when it has
  /// none. The caller closes them.
  List<Contestant> contestants(Workload workload, Conv4Weights weights, InputPool inputs);
}
