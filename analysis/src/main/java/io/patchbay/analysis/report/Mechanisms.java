package io.patchbay.analysis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of how one model works. Each part comes from a command of its own; one that was
/// not run is null or empty.
///
/// @param attributions one per factor
/// @param circuits one per factor and part of the model
public record Mechanisms(
    @Nullable ScoreTable scores,
    @Nullable UnitTable units,
    @Nullable LayerProfile profile,
    List<AttributionPage> attributions,
    List<CircuitPage> circuits,
    @Nullable MotifTable motifs,
    @Nullable FactorGraphPage graph) {
  /// Nothing was asked.
  public static final Mechanisms NONE =
      new Mechanisms(null, null, null, List.of(), List.of(), null, null);

  public Mechanisms {
    attributions = List.copyOf(attributions);
    circuits = List.copyOf(circuits);
  }
}
