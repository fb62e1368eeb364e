package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.SiteSweep;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.route.Way.Extent;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;

/// A sweep of one site in memory that goes the way whose cells take the least time.
public final class CheapestSweep {
  private CheapestSweep() {}

  /// By the five numbers of each variation.
  ///
  /// @param eliminates whether cells whose patch changes nothing are left out, where that can be
  ///   proved before they are computed
  /// @param rates by which the way of computing is chosen; see [MachineRates#of]
  public static SiteSweep of(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final Room room,
      final boolean eliminates,
      final MachineRates rates) {
    final var way =
        Routes.mixed(model.graph(), site, effect.site())
            .cheapest(subject, units, eliminates, rates, extent(units, variations));
    return new SiteSweep(subject, model, site, units, variations, effect, room, way.route());
  }

  /// By an op of the user's own, whose value is the second of the five numbers of a variation. What
  /// it reads beside the source has to be given before the first run, see [SiteSweep#mean] and
  /// [SiteSweep#keys].
  ///
  /// @param eliminates as above
  /// @param rates as above
  public static SiteSweep own(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final PatchOp op,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final Room room,
      final boolean eliminates,
      final MachineRates rates) {
    final var patch = new SitePatch.Custom(op);
    final var routes = new Routes(model.graph(), site, effect.site(), patch);
    final var ways =
        routes.ways(units, eliminates).stream()
            .filter(way -> way.route().isEmpty() || subject.backend().carries(op))
            .toList();
    final var timed = routes.timed(subject, ways, units).stream();
    final var way = Routes.cheapest(timed, rates, extent(units, variations));
    return new SiteSweep(
        subject, model, site, patch, units, variations, effect, room, Climb.by(way.route()));
  }

  private static Extent extent(final List<Unit> units, final List<Variation> variations) {
    return Extent.perBase(units.size() * variations.size());
  }
}
