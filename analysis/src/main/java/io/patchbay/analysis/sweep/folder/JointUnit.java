package io.patchbay.analysis.sweep.folder;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitSelection;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What one intervention of a sweep changes: a unit at each of its sites, in their order.
///
/// @param name the unit's where there is one site, else `site[unit]+site[unit]`
public record JointUnit(String name, List<Unit> parts) {
  private static final long MOST = 1_000_000;

  public JointUnit {
    parts = List.copyOf(parts);
  }

  /// The units of a plan; those of a subspace are its directions.
  ///
  /// @throws BadInputException when a site does not have them, or there are too many
  public static List<JointUnit> of(
      final SweepPlan plan, final List<Site> sites, final Map<String, SitePatch> patches) {
    final var units = new ArrayList<List<Unit>>();
    for (int i = 0; i < sites.size(); i++) {
      final var site = sites.get(i);
      final var of =
          patches.get(site.name()) instanceof SitePatch.Subspace(var directions)
              ? new Site(site.name(), site.shape().withDims(directions.count()))
              : site;
      units.add(UnitSelection.of(of, plan.places().get(i).units()));
    }
    return of(sites, units);
  }

  /// Every combination of one unit per site, the last site's units changing fastest.
  ///
  /// @throws BadInputException when there are too many
  public static List<JointUnit> of(final List<Site> sites, final List<List<Unit>> units) {
    long count = 1;
    for (final var list : units) {
      count *= list.size();
      if (count > MOST) {
        throw new BadInputException(
            "--units", "combinations", "more than " + MOST, "fewer units at some site");
      }
    }
    List<JointUnit> joint = List.of(new JointUnit("", List.of()));
    for (int s = 0; s < sites.size(); s++) {
      final var longer = new ArrayList<JointUnit>();
      for (final var head : joint) {
        for (final var unit : units.get(s)) {
          final var parts = new ArrayList<>(head.parts());
          parts.add(unit);
          final var label = sites.get(s).name() + "[" + unit.name() + "]";
          final var name = head.name().isEmpty() ? label : head.name() + "+" + label;
          longer.add(new JointUnit(sites.size() == 1 ? unit.name() : name, parts));
        }
      }
      joint = longer;
    }
    return joint;
  }
}
