package io.patchbay.analysis.causal;

import java.util.List;
import java.util.Optional;

/// An effect of one factor on another that counts, and whether it is direct.
///
/// @param total with the latents of `from` alone interchanged
/// @param mediators factors that could carry it: `from` has an effect on each, and each on `to`
/// @param direct the effect with the mediators held; empty where there are none, as nothing is to
///   be held then
/// @param isDirect whether it still counts with the mediators held: an edge of the learned graph
public record FactorEdge(
    int from,
    int to,
    PairEffect total,
    List<Integer> mediators,
    Optional<PairEffect> direct,
    boolean isDirect) {
  public FactorEdge {
    mediators = List.copyOf(mediators);
  }
}
