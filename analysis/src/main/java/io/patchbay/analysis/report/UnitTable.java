package io.patchbay.analysis.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What every unit of every site means.
///
/// @param factors the columns of every unit's effects
/// @param thresholds what the labels rest on, in words
/// @param stable share of labels that stay at twice the inputs; NaN when it was not asked
/// @param stableNamed the same of the labels mono- and polysemantic alone
/// @param n base inputs
public record UnitTable(
    List<String> factors,
    String thresholds,
    double stable,
    double stableNamed,
    long n,
    List<Unit> units) {
  public UnitTable {
    factors = List.copyOf(factors);
    units = List.copyOf(units);
    for (Unit unit : units) {
      if (unit.effects().size() != factors.size()) {
        throw new IllegalArgumentException(
            "unit table: site="
                + unit.site()
                + ", unit="
                + unit.name()
                + ", effects="
                + unit.effects().size()
                + ", factors="
                + factors.size());
      }
    }
  }

  /// One unit.
  ///
  /// @param label `monosemantic`, `polysemantic`, `inactive` or `undecided`
  /// @param imageEffect mean L2 change of the image; NaN when it was not measured
  /// @param effects one per factor
  public record Unit(
      String site, String name, String label, double imageEffect, List<@Nullable Effect> effects) {
    public Unit {
      effects = Collections.unmodifiableList(new ArrayList<>(effects));
    }
  }

  /// A unit's effect on one factor, in standard deviations of the factor.
  ///
  /// @param q p-value after the false discovery rate correction
  public record Effect(double effect, double low, double high, double q) {}
}
