package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.HostBackend;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.metric.EffectCube;
import io.patchbay.analysis.patch.Together;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Studies choose other batches for a device than for the host's cores; no number tells.
class BatchOfStudiesTest {
  private static final int INPUTS = 11;
  private static final int ROWS = 48;
  private static final int FEW = 10;
  private static final int MANY = 13_000;
  private static final int CELLS_PER_ROW = 8;

  /// What is found on the host's cores, then on what is taken for a device.
  ///
  /// @param rows that keep the device busy
  private static <T> List<T> both(final int rows, final Function<Scene, T> study) {
    try (var backend = HostBackend.open(new Settings(2, 1L << 30))) {
      return List.of(on(backend, study), on(new DeviceLikeBackend(backend, rows), study));
    }
  }

  private static <T> T on(final Backend backend, final Function<Scene, T> study) {
    final var data = new Sprites(false);
    final var config = TrainConfig.defaults(Variant.VAE, "seed=5");
    try (var model = TrainedVae.untrained(config, data.shape(), backend)) {
      return study.apply(new Scene(model, data, 3));
    }
  }

  private static float[] numbers(final EffectCube cube) {
    final var all = new float[cube.units() * cube.inputs() * cube.values()];
    int at = 0;
    for (int unit = 0; unit < cube.units(); unit++) {
      for (int input = 0; input < cube.inputs(); input++) {
        for (int value = 0; value < cube.values(); value++) {
          all[at++] = cube.at(unit, input, value);
        }
      }
    }
    return all;
  }

  @Test
  void latents() {
    final var alone = both(ROWS, scene -> numbers(LatentStudy.effects(scene, scene.rows(INPUTS))));
    assertArrayEquals(alone.getFirst(), alone.getLast());
    final var studies = both(ROWS, scene -> LatentStudy.of(scene, scene.rows(INPUTS), 2));
    final var first = studies.getFirst();
    final var last = studies.getLast();
    assertArrayEquals(numbers(first.effects()), numbers(last.effects()));
    for (int unit = 0; unit < first.places().units(); unit++) {
      assertArrayEquals(first.places().total(unit), last.places().total(unit));
    }
    assertArrayEquals(first.traversal()[2][1], last.traversal()[2][1]);
  }

  @Test
  void squares() {
    final var found = both(2 * FEW, scene -> OcclusionStudy.of(scene, scene.rows(FEW / 2)));
    final var first = found.getFirst().sensitivity();
    final var last = found.getLast().sensitivity();
    for (int j = 0; j < first.length; j++) {
      assertArrayEquals(first[j], last[j]);
      assertTrue(first[j][27] > 0);
    }
  }

  /// Batches grow from a small one on.
  @Test
  void manyPairs() {
    final int pairs = 40;
    final var found =
        both(
            1 << 10,
            scene -> {
              final var of = Pairs.random(scene, pairs);
              final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows")).graph();
              final var site = Sites.of(graph).named("decoder.convt3");
              final var units = site.channelUnits();
              try (var runner =
                  new PairRunner(scene, of, site.name(), new Outcome.Region(), 1, true, 1 << 20)) {
                for (int i = 0; i < MANY; i++) {
                  runner.intoBase(i % pairs, units.get(i / pairs % units.size()));
                }
                return runner.outcomes();
              }
            });
    assertEquals(MANY, found.getFirst().length);
    assertArrayEquals(found.getFirst(), found.getLast());
  }

  /// The next batch is started before the one before is looked at.
  @ParameterizedTest
  @ValueSource(strings = {"projection", "region", "mu:1"})
  void mediation(final String outcome) {
    final var site = outcome.startsWith("mu") ? "encoder.conv3" : "decoder.convt2";
    final var found =
        both(
            FEW,
            scene -> MediationStudy.of(scene, site, "0-2,3+4,5", null, INPUTS, outcome).rows());
    assertEquals(found.getFirst(), found.getLast());
  }

  @Test
  void aDeviceTakesWhatKeepsItBusy() {
    try (var host = HostBackend.open(new Settings(1, 1L << 28))) {
      final var device = new DeviceLikeBackend(host, ROWS);
      final int busy = CELLS_PER_ROW * ROWS;
      assertEquals(100, Together.cells(host, 100, 1 << 20, 1, 1));
      assertEquals(busy, Together.cells(device, 100, 1 << 20, 1, 1));
      assertEquals(7, Together.cells(host, 100, 7, 1, 1));
      assertEquals(7, Together.cells(device, 100, 7, 1, 1));
      assertEquals(4, Together.inputs(host, 4, 1000, 70, 1, 1));
      assertEquals(busy / 70, Together.inputs(device, 4, 1000, 70, 1, 1));
      assertEquals(1, Together.inputs(device, 4, 1000, 10_000, 1, 1));
      // A batch of cells with many ranges, or read whole, stays one that the host can pass on.
      assertTrue(Together.cells(device, 100, 1 << 20, 1, 1 << 20) < 17);
      assertEquals(1, Together.cells(device, 100, 1 << 20, 1, 1L << 30));
    }
  }
}
