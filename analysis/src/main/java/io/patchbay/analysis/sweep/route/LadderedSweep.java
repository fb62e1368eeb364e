package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.SiteSweep;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Precision;
import io.patchbay.vae.model.VaeGraph;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A sweep of one site in memory that computes small effects again, see [Ladder].
public final class LadderedSweep {
  private LadderedSweep() {}

  /// With a ladder under whole values, or under a change that is carried below float32: it is
  /// judged by all cells of some inputs.
  ///
  /// @param precision of the carried change; float32 is that of whole values
  /// @param images as many inputs as bases fit, or fewer; cells take from none
  public static SiteSweep of(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final Room room,
      final Precision precision,
      final float[] images) {
    final var routes = Routes.mixed(model.graph(), site, effect.site());
    final var exact =
        CarriedPrecision.require(
                routes.ways(units, false).stream().filter(Way::measures).toList(),
                precision,
                site.name(),
                effect.site())
            .getFirst()
            .route();
    final var carried = routes.carried(units, precision);
    final Optional<Route> route =
        precision == Precision.FP32 ? Optional.empty() : exact.map(r -> r.in(carried));
    final var patch = new SitePatch.Mixed();
    if (route.equals(exact)) {
      return new SiteSweep(
          subject, model, site, patch, units, variations, effect, room, Climb.by(route));
    }
    final Function<Optional<Route>, float[]> sample =
        way -> {
          try (var sweep =
              new SiteSweep(
                  subject, model, site, patch, units, variations, effect, room, Climb.by(way))) {
            sweep.bases(images);
            return sweep.run(0, images.length / model.image().shape().rowSize(), 0);
          }
        };
    final var ladder =
        Ladder.of(route, exact.orElseThrow(), sample.apply(route), sample.apply(exact));
    return new SiteSweep(
        subject,
        model,
        site,
        patch,
        units,
        variations,
        effect,
        room,
        new Climb(route, exact, ladder.threshold()));
  }
}
