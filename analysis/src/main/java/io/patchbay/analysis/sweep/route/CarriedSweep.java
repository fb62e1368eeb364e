package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.SiteSweep;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Precision;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;

/// A sweep of one site in memory that computes nothing but changes.
public final class CarriedSweep {
  private CarriedSweep() {}

  /// With a change that is carried all the way in some precision.
  ///
  /// @throws io.patchbay.vae.io.BadInputException when it cannot be carried so, or on this device
  public static SiteSweep of(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final Room room,
      final boolean eliminates,
      final Precision precision) {
    CarriedPrecision.require(subject.backend(), precision);
    final var routes = Routes.mixed(model.graph(), site, effect.site());
    final var ways =
        routes.ways(units, eliminates, precision).stream().filter(Way::measures).toList();
    final var carried = CarriedPrecision.require(ways, precision, site.name(), effect.site());
    return new SiteSweep(
        subject, model, site, units, variations, effect, room, carried.getFirst().route());
  }
}
