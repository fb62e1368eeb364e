package io.patchbay.analysis.report;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything known of one model. A part that was not computed is null; the reason to print instead
/// of it stands in `absent`.
///
/// @param name the variant (`vae`, `beta-vae`, ...), unique in a report
/// @param description its settings in one line
/// @param factors empty when the data has no factors
/// @param places mean squared difference of the output per unit
/// @param occlusion change of mu when that place of the input is covered
/// @param absent why a part is missing
public record VariantReport(
    String name,
    String description,
    SummaryRow summary,
    @Nullable Training training,
    @Nullable Reconstructions reconstructions,
    @Nullable Traversal traversal,
    @Nullable EffectStrength effectStrength,
    List<FactorMap> factors,
    @Nullable PlaceMaps places,
    @Nullable PatchingMap patching,
    @Nullable Mediation mediation,
    @Nullable PlaceMaps occlusion,
    Mechanisms mechanisms,
    Map<Section, String> absent) {

  public VariantReport {
    factors = List.copyOf(factors);
    Map<Section, String> reasons = new EnumMap<>(Section.class);
    reasons.putAll(absent);
    absent = Collections.unmodifiableMap(reasons);
  }
}
