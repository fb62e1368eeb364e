package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Precision;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole sweep in bf16, controls and recomputed cells and all: its effects are those of float32
/// to a few thousandths, and not the same but for single units of an image-shaped site, whose
/// change stays float32; where the device does not multiply so, it is refused.
class RoundedSweepTest {
  private static final int INPUTS = 3;
  private static final Place LATENTS = new Place("latent.z", "channels", "set");
  private static final Place UNITS = new Place("decoder.convt1", "elements", "set");

  @TempDir Path folder;

  @Test
  void hasTheEffectsOfFloat32() {
    final var data = new Sprites(false);
    final var config = TrainConfig.defaults(Variant.VAE, "seed=5");
    try (var backend = Backends.open("auto", new Settings(2, 1L << 30)).backend();
        var model = TrainedVae.untrained(config, data.shape(), backend)) {
      final var subject = new Subject(backend, model.vae(), model.weights());
      if (!backend.precisions().contains(Precision.BF16)) {
        assertThrows(
            BadInputException.class, () -> effects(subject, data, LATENTS, Precision.BF16));
        return;
      }
      final var exact = effects(subject, data, LATENTS, Precision.FP32);
      final var rounded = effects(subject, data, LATENTS, Precision.BF16);
      int other = 0;
      for (int i = 0; i < exact.length; i++) {
        assertTrue(exact[i] > 0, "cell " + i);
        assertEquals(exact[i], rounded[i], 5e-3 * exact[i], "cell " + i);
        other += exact[i] == rounded[i] ? 0 : 1;
      }
      assertTrue(other > exact.length / 2, "rounded: " + other);
      assertArrayEquals(
          effects(subject, data, UNITS, Precision.FP32),
          effects(subject, data, UNITS, Precision.BF16));
    }
  }

  private float[] effects(
      final Subject subject, final Sprites data, final Place place, final Precision precision) {
    final var plan =
        new SweepPlan(
            List.of(place),
            List.of(-2.0, 0.5),
            1,
            0,
            INPUTS,
            "l2",
            7,
            SweepPlan.Pool.DATA,
            precision);
    final var to = folder.resolve(place.site() + precision.label());
    final var result = new Sweep(subject, data, plan, to).run(false, (_, _) -> {}, () -> false);
    assertEquals(result.cells(), result.account().cells());
    try (var reader = NpyReader.open(to.resolve("effects.npy"))) {
      return reader.read(1 << 20).floats();
    }
  }
}
