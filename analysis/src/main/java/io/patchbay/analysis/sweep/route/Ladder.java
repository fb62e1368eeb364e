package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.patch.Route;
import io.patchbay.engine.Precision;
import java.util.Arrays;
import java.util.Optional;

/// When a cell is computed again, more exactly: when its effect is under a threshold. That looks at
/// the cell alone, so what a sweep finds does not depend on how it is cut up.
///
/// The noise floor of a way is the typical error of its effects, of cells that were computed by it
/// and by the exact one. An effect above the threshold is so large that the floor is no more than
/// the share of it that an error may be, and four times as large as any of those cells whose error
/// was more.
///
/// @param floor median size of the errors of the sample
/// @param threshold effects below it are computed again
/// @param again the way that does, as [Route#name] has it, in float32
/// @param sampled cells that were compared
/// @param share of them that lie under the threshold
public record Ladder(double floor, double threshold, String again, int sampled, double share) {
  /// What an error may be of an effect: of whole values in float32, and below float32.
  private static final double WHOLE = 1e-5;

  private static final double ROUNDED = 5e-3;

  /// How far above a cell that is off by more the threshold lies.
  private static final double MARGIN = 4;

  public Ladder {
    if (!(floor >= 0 && threshold >= 0 && share >= 0 && share <= 1 && sampled >= 0)
        || Double.isInfinite(threshold)) {
      throw new IllegalArgumentException(
          "ladder: floor=" + floor + ", threshold=" + threshold + ", share=" + share);
    }
  }

  /// Whether a way's effects may be off by more than a carried change in float32.
  public static boolean under(final Optional<Route> route) {
    return route.isEmpty() || !route.get().measures() || route.get().precision() != Precision.FP32;
  }

  /// Judges a way by the same cells computed by it and exactly.
  ///
  /// @param again the exact way
  public static Ladder of(
      final Optional<Route> route, final Route again, final float[] found, final float[] exact) {
    final double allowed =
        route.map(Route::precision).orElse(Precision.FP32) == Precision.FP32 ? WHOLE : ROUNDED;
    final var errors = new double[exact.length];
    int moved = 0;
    double off = 0;
    for (int i = 0; i < exact.length; i++) {
      final double error = Math.abs((double) found[i] - exact[i]);
      if (exact[i] > 0 && Double.isFinite(error)) {
        errors[moved++] = error;
        off = error > allowed * exact[i] ? Math.max(off, exact[i]) : off;
      }
    }
    Arrays.sort(errors, 0, moved);
    final double floor = moved == 0 ? 0 : errors[moved / 2];
    final double threshold = Math.max(floor / allowed, MARGIN * off);
    int under = 0;
    for (final float effect : found) {
      under += effect < threshold ? 1 : 0;
    }
    final double share = found.length == 0 ? 0 : (double) under / found.length;
    return new Ladder(floor, threshold, Route.name(Optional.of(again)), found.length, share);
  }
}
