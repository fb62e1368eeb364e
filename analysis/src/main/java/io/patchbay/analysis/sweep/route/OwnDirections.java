package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.route.Way.Extent;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;
import java.util.Optional;

/// Runners for interventions at one site of which each cell's change of the image is multiplied
/// with a direction of its own, see [PatchRunner#products]. The clean images of the bases can be
/// read ([PatchRunner#prefixValue]).
public final class OwnDirections {
  private static final String IMAGE = "output";

  private OwnDirections() {}

  /// With the change carried as a change as far as that is cheaper for these units.
  ///
  /// @param directions the most that there are
  /// @param perBase cells of each base
  /// @param rates by which that is judged; see [MachineRates#of]
  public static PatchRunner carrying(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final int directions,
      final double perBase,
      final Capacity capacity,
      final MachineRates rates) {
    final var route =
        Routes.mixed(model.graph(), site, IMAGE)
            .cheapest(subject, units, false, rates, Extent.perBase(perBase))
            .route();
    return along(subject, model, site, directions, capacity, route);
  }

  /// With the change carried all the way to the image; empty where it cannot be.
  ///
  /// @param directions the most that there are
  public static Optional<PatchRunner> measuring(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final int directions,
      final Capacity capacity) {
    final var exact = Routes.mixed(model.graph(), site, IMAGE).exact(false);
    return exact.map(way -> along(subject, model, site, directions, capacity, Optional.of(way)));
  }

  private static PatchRunner along(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final int directions,
      final Capacity capacity,
      final Optional<Route> way) {
    final var sites = SitePatch.mixed(List.of(site.name()));
    return new PatchRunner(
        subject, model, sites, List.of(), List.of(), directions, true, capacity, way);
  }
}
