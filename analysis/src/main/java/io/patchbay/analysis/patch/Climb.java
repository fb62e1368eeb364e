package io.patchbay.analysis.patch;

import java.util.Optional;

/// How the cells of a sweep are computed, and again where that is not exact enough.
///
/// @param route of all cells; empty where everything that the site can change is computed whole
/// @param again of those whose effect is under the threshold; empty where there is no ladder
public record Climb(Optional<Route> route, Optional<Route> again, double threshold) {
  /// Every cell by one way.
  public static Climb by(final Optional<Route> route) {
    return new Climb(route, Optional.empty(), 0);
  }
}
