package io.patchbay.analysis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of how one model works. Each part comes from a command of its own; one that was
/// not run is null or empty.
///
/// @param circuits one per factor
public record Mechanisms(
    @Nullable ScoreTable scores,
    @Nullable UnitTable units,
    @Nullable LayerProfile profile,
    List<CircuitPage> circuits,
    @Nullable MotifTable motifs,
    @Nullable FactorGraphPage graph) {
  /// Nothing was asked.
  public static final Mechanisms NONE = new Mechanisms(null, null, null, List.of(), null, null);

  public Mechanisms {
    circuits = List.copyOf(circuits);
  }
}
