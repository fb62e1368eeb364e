package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Precision;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.BadInputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ours, the naive form and double precision give one and the same effects.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SweepAgreementTest {
  private static final int CHECKED = 4;
  private static final int INPUTS = 20;
  private static final int BASES = 2;
  private static final int TURNS = 24;

  private final Conv4Weights weights = Conv4Weights.random(5);
  private final EngineModel model = new EngineModel(weights);
  private final float[] pool = TrainedConv4.images(new Sprites(false), INPUTS, 7);
  private final Backend backend = Backends.open("cpu", new Settings(2, 2L << 30)).backend();

  @AfterAll
  void close() {
    backend.close();
  }

  @ParameterizedTest
  @EnumSource(SweepWorkload.class)
  void everySideComputesTheSameEffects(final SweepWorkload workload) {
    final var task = SweepTask.of(workload, pool, BASES, 3);
    if (!DeviceRuns.runs(workload, backend)) {
      final var refused =
          assertThrows(
              BadInputException.class,
              () -> new EngineSweep(backend, model, new PlannedSweep(), task, false));
      final var text = String.valueOf(refused.getMessage());
      assertTrue(text.contains("found " + workload.precision().label()), text);
      return;
    }
    final var verifier = new SweepVerifier(weights, task, CHECKED, 9);
    try (var ours = new EngineSweep(backend, model, new PlannedSweep(), task, false);
        var naive = new NaiveSweep(backend, model, task, new NaiveBatches(task, 4, TURNS, 8))) {
      final boolean single = workload.precision() == Precision.FP32;
      verifier.check(ours, single ? SweepVerifier.BOUND : SweepVerifier.BF16);
      verifier.check(naive, SweepVerifier.BOUND);
      ours.slice(BASES);
      ours.run(0);
      final var all = ours.effects();
      final int width = workload.outcome().width();
      float largest = 0;
      for (final float effect : all) {
        largest = Math.max(largest, Math.abs(effect));
      }
      for (int turn = 0; turn < TURNS; turn++) {
        naive.run(turn);
        for (int i = 0; i < 4 * width; i++) {
          final float mine = all[naive.cells()[i / width] * width + i % width];
          assertEquals(mine, naive.effects()[i], (single ? 1e-5f : 5e-3f) * largest);
        }
      }
    }
  }

  @Test
  void aSliceComputesItsOwnBases() {
    final var task = SweepTask.of(SweepWorkload.ENCODER_CHANNELS_MU, pool, 3, 3);
    try (var ours = new EngineSweep(backend, model, new PlannedSweep(), task, false)) {
      ours.slice(3);
      ours.run(0);
      final var all = ours.effects();
      ours.slice(2);
      ours.run(1);
      final var last = ours.effects();
      final int from = ours.cells()[0];
      assertArrayEquals(Arrays.copyOfRange(all, from, all.length), last);
    }
  }

  @Test
  void theWeightsOfAModelOfTheProjectAreRead() {
    final var values = new LinkedHashMap<String, float[]>();
    try (var states = model.on(backend)) {
      states.names().forEach(name -> values.put(name, states.read(name)));
    }
    final var read = EngineModel.weights(values);
    for (int i = 0; i < 6; i++) {
      assertArrayEquals(weights.encoder().get(i).weight(), read.encoder().get(i).weight());
      assertArrayEquals(weights.encoder().get(i).bias(), read.encoder().get(i).bias());
      assertArrayEquals(weights.decoder().get(i).weight(), read.decoder().get(i).weight());
      assertArrayEquals(weights.decoder().get(i).bias(), read.decoder().get(i).bias());
    }
  }
}
