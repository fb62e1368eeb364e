package io.patchbay.analysis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Causal effect strength of every unit, beside that of the untrained model.
///
/// @param interventions what was set, such as `7 values from -3 to 3, z = mu(x)`
/// @param interval how the intervals were taken, such as `bootstrap over inputs, 2,000 draws, seed
///   1`
/// @param units in the order to be shown
public record EffectStrength(String interventions, String interval, List<Unit> units) {

  public EffectStrength {
    units = List.copyOf(units);
  }

  /// One unit.
  ///
  /// @param effect mean L2 norm of the change of the output image
  /// @param untrained the same unit of the untrained model, when it was measured
  /// @param active whether the unit counts as active (KL at least the threshold)
  public record Unit(String name, Estimate effect, @Nullable Estimate untrained, boolean active) {}
}
