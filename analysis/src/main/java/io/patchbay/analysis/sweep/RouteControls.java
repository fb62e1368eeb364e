package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.patch.GuardRun.Control;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.SiteSweep;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.patch.Suffix;
import io.patchbay.analysis.sweep.route.CarriedPrecision;
import io.patchbay.engine.expression.PatchOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The control rows of a sweep that carries the change alone: known outcomes by the very way that
/// its cells go, with nothing left out. Where an op of the user's own makes the values, they come
/// from the program `source` in its place, whose outcomes are known.
final class RouteControls {
  /// Units that are tried, beside the whole site.
  private static final int UNITS = 16;

  /// What a carried effect may differ by from one of whole values: a share of itself, and their
  /// rounding.
  private static final double RELATIVE = 1e-4;

  private static final double ROUNDING = 1e-5;

  /// Of each element, which add up where sizes do.
  private static final double EACH = 3e-8;

  private static final SitePatch SOURCE = new SitePatch.Custom(PatchOp.define("source", "source"));

  private final Subject subject;
  private final Site site;
  private final Effect effect;
  private final int inputs;
  private final float[] images;
  private final List<Unit> units;

  private RouteControls(
      final Subject subject,
      final Site site,
      final Effect effect,
      final List<Unit> units,
      final float[] images,
      final int inputs) {
    this.subject = subject;
    this.site = site;
    this.effect = effect;
    this.images = images;
    this.inputs = inputs;
    this.units = new ArrayList<>();
    this.units.add(site.whole());
    final int step = Math.max(1, units.size() / UNITS);
    for (int u = 0; u < units.size() && this.units.size() <= UNITS; u += step) {
      this.units.add(units.get(u));
    }
  }

  /// Runs the controls on at least two inputs, which have to differ at the site.
  ///
  /// @param patch how the cells change the site
  static GuardRun of(
      final Subject subject,
      final Site site,
      final SitePatch patch,
      final Effect effect,
      final List<Unit> units,
      final Route route,
      final float[] images,
      final int inputs) {
    final var controls = new RouteControls(subject, site, effect, units, images, inputs);
    final var bare =
        new Route(route.target(), route.layers(), route.measures(), false, route.precision());
    final SitePatch mixed = new SitePatch.Mixed();
    final var taken = patch instanceof SitePatch.Custom ? SOURCE : mixed;
    final var itself = controls.effects(taken, Optional.of(bare), 0);
    final var carried = controls.effects(taken, Optional.of(bare), 1);
    final var whole = controls.effects(mixed, Optional.empty(), 1);
    final var name = site.name() + ", " + Route.name(Optional.of(route));
    return new GuardRun(
        name,
        itself.length + carried.length,
        itself.length + carried.length,
        0,
        0,
        List.of(
            identity(itself, bare),
            positive(
                carried,
                whole,
                CarriedPrecision.relative(route.precision(), RELATIVE),
                controls.rounding())));
  }

  private double rounding() {
    final var measured =
        Suffix.site(ShardRunner.graph(subject, false).graph(), effect.site()).shape().rowSize();
    return switch (effect.kind()) {
      case L2 -> ROUNDING;
      case L1 -> ROUNDING + EACH * measured;
    };
  }

  /// Each unit of each input taken from the input `shift` further on.
  private float[] effects(final SitePatch patch, final Optional<Route> route, final int shift) {
    final var variation = new Variation(Coefficients.of(0, 0, 1), 0);
    try (var sweep =
        new SiteSweep(
            subject,
            ShardRunner.graph(subject, false),
            site,
            patch,
            units,
            List.of(variation),
            effect,
            new Room(inputs, Capacity.AMONG_BASES),
            Climb.by(route))) {
      sweep.bases(images);
      final var from = new int[inputs];
      Arrays.setAll(from, i -> (i + shift) % inputs);
      return sweep.run(0, inputs, from);
    }
  }

  /// A unit that is given its own value changes nothing: not at all where the change is measured.
  private static Control identity(final float[] effects, final Route route) {
    int still = 0;
    for (final float effect : effects) {
      still += effect <= (route.measures() ? 0 : ROUNDING) ? 1 : 0;
    }
    return new Control(
        "identity, carried",
        effects.length,
        still == effects.length,
        still + " of " + effects.length + " without effect",
        route.measures() ? "no effect at all" : "an effect of rounding at most");
  }

  /// A unit, and the whole site, from another input have the effects that whole values have.
  private static Control positive(
      final float[] carried, final float[] whole, final double relative, final double rounding) {
    int equal = 0;
    int moved = 0;
    double worst = 0;
    for (int i = 0; i < carried.length; i++) {
      final double room = relative * whole[i] + rounding;
      equal += Math.abs((double) carried[i] - whole[i]) <= room ? 1 : 0;
      worst = Math.max(worst, Math.abs((double) carried[i] - whole[i]) / (whole[i] + 1));
      moved += carried[i] > 0 ? 1 : 0;
    }
    return new Control(
        "positive, carried",
        carried.length,
        equal == carried.length && moved > 0,
        equal
            + " of "
            + carried.length
            + " as whole values have them, largest difference "
            + worst
            + " of an effect and 1, "
            + moved
            + " move",
        "all as whole values have them, and some move");
  }
}
