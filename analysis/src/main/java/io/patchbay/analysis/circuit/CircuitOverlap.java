package io.patchbay.analysis.circuit;

import java.util.Optional;

/// What two factors' circuits have in common.
public record CircuitOverlap(String first, String second, Share nodes, Share edges) {
  /// @param both how many are in both circuits
  /// @param either how many are in one or both
  /// @param labels the Jaccard index beside circuits of the same shape on random units, see
  ///   [CircuitComparison]; none where neither circuit has any
  public record Share(int both, int either, Optional<NullComparison> labels) {
    /// The Jaccard index, both / either.
    ///
    /// @return nothing where neither circuit has any
    public Optional<Double> jaccard() {
      return either == 0 ? Optional.empty() : Optional.of((double) both / either);
    }
  }
}
