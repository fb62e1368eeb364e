package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitSelection;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.folder.SweepPlan.Pool;
import io.patchbay.analysis.sweep.route.Routes;
import io.patchbay.analysis.sweep.route.Way;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Precision;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every way of computing a sweep's cells gives what float64 gives, whichever cells are beside it.
class RouteTest {
  private static final long MEMORY = 2L << 30;
  private static final long[] ROWS = {31_415, 270_000, 500_123};

  /// Of the norm of what is measured: what is computed whole and then compared with the base.
  private static final double ROUNDING = 3e-8;

  private final Sprites data = new Sprites(false);

  /// @param ways how many there are, the whole one among them
  record Case(String site, String units, String op, String metric, int ways) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case("input", "grid:8x8/20", "set", "mu", 7),
        new Case("encoder.conv1.pre", "3,17", "interchange", "mu", 6),
        new Case("encoder.conv2", "3,17", "zero", "mu", 5),
        new Case("encoder.conv1", "3,17", "interchange", "site:encoder.conv3", 3),
        new Case("decoder.fc2", "elements", "add", "l2", 5),
        new Case("decoder.convt1.pre", "3,17", "interchange", "l2", 4),
        new Case("decoder.convt1", "elements", "scale", "l1", 4),
        new Case("decoder.convt2", "3,17", "interchange", "l2", 3),
        new Case("decoder.convt2", "elements", "zero", "site:decoder.convt3", 2),
        new Case("decoder.convt3", "3,17", "interchange", "l2", 2),
        new Case("decoder.convt3", "elements", "add", "l1", 2),
        new Case("latent.z", "0,4", "set", "l2", 7),
        new Case("decoder.fc1", "3,17", "interchange", "l2", 6),
        new Case("encoder.conv4", "3,17", "add", "mu", 3),
        new Case("encoder.fc1.pre", "elements", "zero", "mu", 2),
        new Case("decoder.convt3", "3,17", OWN, "l2", 2),
        new Case("decoder.convt3", "elements", OWN, "l1", 2),
        new Case("decoder.convt2.pre", "3,17", "expr:source", "l2", 3),
        new Case("decoder.fc2", "elements", "expr:clean + 0.01 * channel + row + value", "l2", 5),
        new Case("latent.z", "0,4", OWN, "l2", 7),
        new Case("encoder.conv1.pre", "3,17", "expr:random < 0.5 ? clean - 1 : mean", "mu", 6),
        new Case("input", "grid:8x8/20", "expr:(row + column) / 64 - clean * value", "mu", 7));
  }

  /// Reads all that there is.
  private static final String OWN =
      "expr:own(rate=0.4) = random < rate ? source - mean"
          + " : clean * value + 0.001 * unit + 0.01 * channel - 0.1 * row / (1 + column)";

  private static SweepPlan plan(final Case of) {
    final var place = new Place(of.site(), of.units(), of.op());
    final boolean others = place.operation().source() == Source.OTHER_INPUT;
    return new SweepPlan(
        List.of(place),
        place.operation().takesValue() ? List.of(0.5, -1.25) : List.of(),
        others ? 2 : 1,
        0,
        ROWS.length,
        of.metric(),
        7,
        others ? Pool.INPUTS : Pool.DATA);
  }

  private interface Asked<T> {
    T of(Subject subject, Site site, List<JointUnit> units);
  }

  private static <T> T on(final Backend backend, final Case of, final Asked<T> asked) {
    final var config = TrainConfig.defaults(Variant.VAE, "seed=5");
    try (var model = TrainedVae.untrained(config, new Sprites(false).shape(), backend)) {
      final var subject = new Subject(backend, model.vae(), model.weights());
      final var site = Sites.of(ShardRunner.graph(subject, false).graph()).named(of.site());
      return asked.of(subject, site, some(site, of.units()));
    }
  }

  /// A few of the units, at a border of the grid and inside.
  private static List<JointUnit> some(final Site site, final String names) {
    final var all = UnitSelection.of(site, names);
    final var units = new ArrayList<Unit>();
    final int step = Math.max(1, all.size() / 3);
    for (int i = 0; i < all.size() && units.size() < 3; i += step) {
      units.add(all.get(i));
    }
    return JointUnit.of(List.of(site), List.of(units));
  }

  private static List<Way> choices(
      final Subject subject, final Case of, final Site site, final List<JointUnit> units) {
    return new Routes(
            ShardRunner.graph(subject, false).graph(), site, plan(of).measured(), patch(of))
        .ways(units.stream().map(u -> u.parts().getFirst()).toList(), true);
  }

  private static SitePatch patch(final Case of) {
    return plan(of).places().getFirst().operation() instanceof Operation.Custom(var op)
        ? new SitePatch.Custom(op)
        : new SitePatch.Mixed();
  }

  private Optional<float[]> mean(final Subject subject, final SweepPlan plan, final Site site) {
    final var means = new SiteRuns(subject, data, ROWS).means(plan, List.of(site));
    return Optional.ofNullable(means.get(site.name()));
  }

  private float[] effects(
      final Subject subject,
      final Case of,
      final Site site,
      final List<JointUnit> units,
      final Optional<Route> route,
      final long... rows) {
    final var plan = plan(of);
    final var sources = plan.pool() == Pool.INPUTS ? ROWS : rows;
    final var mean = mean(subject, plan, site);
    try (var cells =
        new BatchedCells(
            subject,
            data,
            plan,
            site,
            patch(of),
            units,
            sources,
            sources.length,
            mean,
            Climb.by(route))) {
      final int each = units.size() * plan.variations();
      final var all = new float[rows.length * each];
      for (int i = 0; i < rows.length; i++) {
        final var computed = cells.run(rows[i]);
        computed.account(each).require("input " + i);
        System.arraycopy(computed.effects(), 0, all, i * each, each);
      }
      return all;
    }
  }

  private static Backend backend(final String name, final int threads) {
    return Backends.open(name, new Settings(threads, MEMORY)).backend();
  }

  private static List<String> others() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(io.patchbay.engine.BackendProvider::name)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyWayAgreesWithFloat64(final Case of) {
    final float[] exact;
    try (var reference = backend("reference", 2)) {
      exact =
          on(
              reference,
              of,
              (subject, site, units) ->
                  effects(
                      subject, of, site, units, exact(choices(subject, of, site, units)), ROWS));
    }
    for (final var name : others()) {
      try (var backend = backend(name, 2)) {
        on(
            backend,
            of,
            (subject, site, units) -> {
              final var choices = choices(subject, of, site, units);
              assertEquals(of.ways(), choices.size(), choices::toString);
              for (final var choice : choices) {
                final var found = effects(subject, of, site, units, choice.route(), ROWS);
                compare(of, choice, exact, found);
              }
              return found(choices);
            });
      }
    }
  }

  /// Where the change itself is measured, no value is rounded on the way; else whole values are.
  private static Optional<Route> exact(final List<Way> choices) {
    return choices.stream()
        .flatMap(choice -> choice.route().stream())
        .filter(Route::measures)
        .findFirst();
  }

  private static int found(final List<Way> choices) {
    return choices.size();
  }

  private static void compare(
      final Case of, final Way choice, final float[] exact, final float[] found) {
    final boolean difference = choice.route().map(Route::measures).orElse(false);
    // Of 4,096 pixels, or of values of size one.
    final double norm = of.metric().equals("l1") ? 4096 : 64;
    boolean moves = false;
    for (int i = 0; i < exact.length; i++) {
      final double room = difference ? 1e-4 * exact[i] + 1e-9 : 1e-5 * exact[i] + ROUNDING * norm;
      final int cell = i;
      assertEquals(
          exact[i],
          found[i],
          room,
          () -> of + ", way=" + Route.name(choice.route()) + ", cell=" + cell);
      moves |= exact[i] > 0;
    }
    assertTrue(moves, () -> "no cell has an effect: " + of);
  }

  /// A change in bf16 is carried all the way, with an error of a share of its effect.
  @ParameterizedTest
  @MethodSource("cases")
  void everyChangeInBf16AgreesWithFloat64(final Case of) {
    try (var reference = backend("reference", 2);
        var backend = backend("auto", 2)) {
      if (!backend.precisions().contains(Precision.BF16)) {
        return;
      }
      final Asked<float[]> exact =
          (subject, site, units) ->
              effects(subject, of, site, units, exact(choices(subject, of, site, units)), ROWS);
      final Asked<float[]> rounded =
          (subject, site, units) -> {
            final var route =
                exact(choices(subject, of, site, units)).map(r -> r.in(Precision.BF16));
            return effects(subject, of, site, units, route, ROWS);
          };
      final var expected = on(reference, of, exact);
      final var found = on(backend, of, rounded);
      assertArrayEquals(found, on(backend, of, rounded), "again");
      int moved = 0;
      for (int i = 0; i < expected.length; i++) {
        final int cell = i;
        assertEquals(expected[i], found[i], 5e-3 * expected[i], () -> of + ", cell=" + cell);
        moved += expected[i] > 0 ? 1 : 0;
      }
      assertTrue(moved > 0, () -> "no cell has an effect: " + of);
    }
  }

  /// The same bits alone and among others, on one thread and on several.
  @Test
  void aCellDoesNotDependOnItsNeighbours() {
    for (final var of : cases().toList()) {
      final List<Function<Integer, float[]>> byThreads = new ArrayList<>();
      for (final int threads : new int[] {1, 3}) {
        byThreads.add(way -> {
          try (var backend = backend("auto", threads)) {
            return on(
                backend,
                of,
                (subject, site, units) -> {
                  final var route = choices(subject, of, site, units).get(way).route();
                  final var all = effects(subject, of, site, units, route, ROWS);
                  final var last = effects(subject, of, site, units, route, ROWS[2]);
                  final int each = last.length;
                  final var part = new float[each];
                  System.arraycopy(all, 2 * each, part, 0, each);
                  assertArrayEquals(part, last, () -> of + ", way=" + way);
                  final var one = units.subList(1, 2);
                  final var alone = effects(subject, of, site, one, route, ROWS);
                  for (int i = 0; i < alone.length; i++) {
                    final int variations = alone.length / ROWS.length;
                    final int at = i / variations * each + variations + i % variations;
                    assertEquals(all[at], alone[i], 0, () -> of + ", way=" + way);
                  }
                  return all;
                });
          }
        });
      }
      for (int way = 0; way < of.ways(); way++) {
        assertArrayEquals(byThreads.get(0).apply(way), byThreads.get(1).apply(way));
      }
    }
  }

  /// A patch that changes nothing is counted, and has no effect at all.
  @Test
  void whatChangesNothingIsProved() {
    whatChangesNothingIsProved("clamp", 1e9);
    whatChangesNothingIsProved("expr:clean * value", 1);
    whatChangesNothingIsProved("expr:random < 2 ? clean * value : 7", 1);
  }

  private void whatChangesNothingIsProved(final String op, final double value) {
    final var of = new Case("decoder.convt3", "elements", op, "l2", 2);
    final var plan =
        new SweepPlan("decoder.convt3", "elements", op, List.of(value), 1, 0, 1, "l2", 7);
    try (var backend = backend("auto", 1)) {
      on(
          backend,
          of,
          (subject, site, units) -> {
            final var route = choices(subject, of, site, units).getLast().route();
            assertTrue(route.isPresent());
            try (var cells =
                new BatchedCells(
                    subject,
                    data,
                    plan,
                    site,
                    patch(of),
                    units,
                    ROWS,
                    ROWS.length,
                    Optional.empty(),
                    Climb.by(route))) {
              final var computed = cells.run(ROWS[0]);
              assertEquals(0, computed.cells());
              assertEquals(units.size(), computed.provedZero());
              assertArrayEquals(new float[units.size()], computed.effects());
            }
            return route;
          });
    }
  }

  /// The control rows by every way that carries the change.
  @ParameterizedTest
  @MethodSource("cases")
  void controlsHoldOnEveryWay(final Case of) {
    try (var backend = backend("auto", 2)) {
      on(
          backend,
          of,
          (subject, site, units) -> {
            final var parts = units.stream().map(u -> u.parts().getFirst()).toList();
            final var images = images();
            for (final var choice : choices(subject, of, site, units)) {
              choice
                  .route()
                  .ifPresent(route -> {
                    final var shown = plan(of).effect().orElseThrow();
                    final var run =
                        RouteControls.of(
                            subject, site, patch(of), shown, parts, route, images, ROWS.length);
                    assertEquals(2, run.controls().size());
                    Controls.require(run);
                  });
            }
            return of;
          });
    }
  }

  /// A cell's random numbers and sources are those that it has where values are computed whole, one
  /// input after the other, wherever they are held here.
  @ParameterizedTest
  @EnumSource(Pool.class)
  void cellsReadWhatTheyReadComputedWhole(final Pool pool) {
    final var of = new Case("decoder.convt3", "3,17", OWN, "l2", 2);
    final var plan =
        new SweepPlan(
            plan(of).places(), plan(of).values(), 3, 0, ROWS.length, of.metric(), 7, pool);
    try (var backend = backend("auto", 2)) {
      on(
          backend,
          of,
          (subject, site, units) -> {
            final var mean = mean(subject, plan, site);
            final var fixed =
                new SiteValues(
                    Map.of(site.name(), patch(of)), Map.of(site.name(), mean.orElseThrow()));
            final var sources = new SweepSources(plan, data.size(), ROWS);
            final var route = choices(subject, of, site, units).getLast().route();
            assertTrue(route.isPresent());
            try (var whole =
                    new ShardRunner(
                        subject, data, sources, List.of(site), units, fixed, Optional.empty());
                var cells =
                    new BatchedCells(
                        subject,
                        data,
                        plan,
                        site,
                        patch(of),
                        units,
                        ROWS,
                        ROWS.length,
                        mean,
                        Climb.by(route))) {
              for (final long row : ROWS) {
                final var expected = whole.run(row).effects();
                final var found = cells.run(row).effects();
                assertEquals(units.size() * 2 * 3, expected.length);
                for (int i = 0; i < expected.length; i++) {
                  assertEquals(expected[i], found[i], 1e-5 * expected[i] + 64 * ROUNDING);
                }
              }
            }
            return of;
          });
    }
  }

  private float[] images() {
    final var shape = data.shape();
    final int size = shape.channels() * shape.height() * shape.width();
    final var images = new float[ROWS.length * size];
    for (int i = 0; i < ROWS.length; i++) {
      data.image(ROWS[i], images, i * size);
    }
    return images;
  }
}
