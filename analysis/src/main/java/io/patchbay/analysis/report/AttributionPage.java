package io.patchbay.analysis.report;

import java.util.List;

/// What a screen by gradients says of the units that were also patched exactly.
///
/// @param probe R² of what reads the factor, on inputs held out
/// @param missed share of the effect of all units that lies outside those the screen kept
/// @param units how many were screened
public record AttributionPage(
    String factor, Estimate probe, Estimate missed, long units, List<Unit> patched) {
  public AttributionPage {
    patched = List.copyOf(patched);
  }

  /// One unit.
  ///
  /// @param kept whether the screen kept it, or the audit drew it
  /// @param attribution mean absolute first-order effect, in standard deviations of the factor
  /// @param exact mean absolute effect of the patch
  public record Unit(String site, String name, boolean kept, double attribution, Estimate exact) {}
}
