package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.metric.MediationEffects;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Outcomes of changes that are carried are those of whole images.
class PairRunnerTest {
  private static final int PAIRS = 6;

  private static void on(final Consumer<Scene> asked) {
    final var data = new Sprites(false);
    final var config = TrainConfig.defaults(Variant.VAE, "seed=5");
    try (var backend = Backends.open("auto", new Settings(2, 1L << 30)).backend();
        var model = TrainedVae.untrained(config, data.shape(), backend)) {
      asked.accept(new Scene(model, data, 3));
    }
  }

  /// @param tolerance of the outcomes of changes that are carried
  private record Found(double[] outcomes, double tolerance) {}

  private static Found outcomes(
      final Scene scene, final String name, final Outcome outcome, final boolean carries) {
    return outcomes(scene, name, outcome, carries, 1000);
  }

  /// @param most cells at a time
  private static Found outcomes(
      final Scene scene,
      final String name,
      final Outcome outcome,
      final boolean carries,
      final int most) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows")).graph();
    final var site = Sites.of(graph).named(name);
    final var pairs = Pairs.random(scene, PAIRS);
    try (var runner = new PairRunner(scene, pairs, name, outcome, 4, carries, most)) {
      assertEquals(carries && outcome.isProduct(), runner.tolerance() > 0);
      for (int pair = 0; pair < PAIRS; pair++) {
        runner.unchanged(pair, false);
        runner.unchanged(pair, true);
        for (final var unit : site.channelUnits().subList(0, 5)) {
          runner.intoBase(pair, unit);
          runner.intoSource(pair, unit);
          runner.atMean(pair, true, unit);
          runner.baseItself(pair, unit);
        }
        runner.intoBase(pair, site.whole());
        runner.intoSource(pair, new Unit("none", List.of()));
      }
      return new Found(runner.outcomes(), runner.tolerance());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"latent.z", "decoder.fc2", "decoder.convt1", "decoder.convt3"})
  void carriedOutcomesAreThoseOfWholeImages(final String site) {
    on(scene -> {
      for (final var outcome : List.of(new Outcome.Projection(), new Outcome.Region())) {
        final var whole = outcomes(scene, site, outcome, false).outcomes();
        final var by = outcomes(scene, site, outcome, true);
        final var carried = by.outcomes();
        double moved = 0;
        for (int i = 0; i < whole.length; i++) {
          assertEquals(whole[i], carried[i], by.tolerance(), outcome.label() + ", cell " + i);
          moved = Math.max(moved, Math.abs(whole[i] - whole[0]));
        }
        assertTrue(moved > 10 * by.tolerance(), outcome.label() + " moves by " + moved);
      }
    });
  }

  /// What is no product of the image is read from whole values.
  @Test
  void otherOutcomesAreReadWhole() {
    on(scene -> {
      final var whole = outcomes(scene, "encoder.conv3", new Outcome.Mean(1), false).outcomes();
      final var asked = outcomes(scene, "encoder.conv3", new Outcome.Mean(1), true).outcomes();
      for (int i = 0; i < whole.length; i++) {
        assertEquals(whole[i], asked[i], 0);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"projection", "region", "mu:0"})
  void checksHold(final String outcome) {
    on(scene -> {
      final var site = outcome.startsWith("mu") ? "encoder.conv3" : "decoder.convt2";
      final var study = MediationStudy.of(scene, site, "0-2,3+4", null, PAIRS, outcome);
      assertTrue(study.passed(), () -> study.rows().toString());
      for (final var row : study.rows()) {
        assertEquals(0, row.checks().consistency().worst());
        assertEquals(0, row.checks().empty().worst());
        assertEquals(0, row.checks().reversal().worst());
      }
    });
  }

  /// One at a time, some with a rest, or all at once: no bit of an outcome tells.
  @ParameterizedTest
  @CsvSource({"decoder.convt2,true", "decoder.convt2,false", "latent.z,true"})
  void outcomesDoNotDependOnTheBatch(final String site, final boolean carries) {
    on(scene -> {
      final var outcome = new Outcome.Projection();
      final var all = outcomes(scene, site, outcome, carries, 1000).outcomes();
      for (final int most : new int[] {1, 7, 12}) {
        assertArrayEquals(all, outcomes(scene, site, outcome, carries, most).outcomes());
      }
    });
  }

  /// Several sets of mediators at a time give what each gives alone.
  @Test
  void setsOfMediatorsDoNotMeet() {
    on(scene -> {
      final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows")).graph();
      final var site = Sites.of(graph).named("decoder.convt1");
      final var units = site.channelUnits().subList(3, 8);
      final var pairs = Pairs.random(scene, PAIRS);
      final var bootstrap = Bootstrap.standard(3);
      try (var few = new PairRunner(scene, pairs, site.name(), 1, 10L * PAIRS);
          var many = new PairRunner(scene, pairs, site.name(), 1, 150)) {
        assertEquals(10 * PAIRS, few.atOnce());
        assertEquals(150, many.atOnce());
        final var alone = effects(few, site, units, bootstrap);
        assertEquals(alone, effects(many, site, units, bootstrap));
        assertEquals(units.size(), alone.size());
      }
    });
  }

  private static List<MediationEffects> effects(
      final PairRunner runner, final Site site, final List<Unit> sets, final Bootstrap bootstrap) {
    return PatchingStudy.mediation(runner, site, sets, 0, PAIRS, bootstrap).stream()
        .map(PatchingStudy.Mediated::effects)
        .toList();
  }

  /// The effects add up whichever way they were computed.
  @Test
  void effectsAreTheSameEitherWay() {
    on(scene -> {
      final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows")).graph();
      final var site = Sites.of(graph).named("decoder.convt1");
      final var unit = site.channelUnits().get(2);
      final var pairs = Pairs.random(scene, PAIRS);
      final var bootstrap = Bootstrap.standard(3);
      try (var whole = new PairRunner(scene, pairs, site.name(), 8, 60);
          var carried =
              new PairRunner(scene, pairs, site.name(), new Outcome.Projection(), 4, true, 60)) {
        final var units = List.of(unit);
        final var a = effects(whole, site, units, bootstrap).getFirst();
        final var b = effects(carried, site, units, bootstrap).getFirst();
        final double room = 2 * carried.tolerance();
        assertEquals(a.total().mean().estimate(), b.total().mean().estimate(), room);
        assertEquals(
            a.naturalIndirect().mean().estimate(), b.naturalIndirect().mean().estimate(), room);
        assertEquals(a.totalIndirect().mean().low(), b.totalIndirect().mean().low(), room);
      }
    });
  }
}
