package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Attribution patching of a factor's read-out in an untrained model.
class AttributionStudyTest {
  private interface Asked {
    void of(Scene scene);
  }

  private static void with(final Asked asked) {
    final var config =
        TrainConfig.defaults(
            Variant.VAE, "arch.widths=4", "arch.hidden=8", "latent=3", "data=pendulum:size=16");
    try (var backend = Backends.open("reference", new Settings(2, 1L << 28)).backend();
        var data = new Pendulum(16, 0);
        var model = TrainedVae.untrained(config, data.shape(), backend)) {
      asked.of(new Scene(model, data, 5));
    }
  }

  @Test
  void theProbeIsAnAffineFunctionOfTheImage() {
    with(scene -> {
      final var study = AttributionStudy.of(scene, "light", 3, 2, 4, 3, (_, _, _) -> {});
      final var probe = study.probe();
      final var images = scene.images(scene.rows(5));
      final var read = probe.read(images);
      final var weights = probe.direction();
      for (int i = 0; i < read.length; i++) {
        double sum = probe.intercept();
        for (int p = 0; p < weights.length; p++) {
          sum += (double) weights[p] * images[i * weights.length + p];
        }
        assertEquals(read[i], sum, 1e-4 * (1 + Math.abs(read[i])));
      }
      assertTrue(Math.abs(read[0] - read[1]) > 1e-3, "read-outs that differ");
    });
  }

  /// A convolution before and after its activation, the means and the codes, and what the image is
  /// the sigmoid of: each is one value.
  @Test
  void everyValueCountsOnce() {
    with(scene -> {
      final var study = AttributionStudy.of(scene, "light", 3, 2, 4, 3, (_, _, _) -> {});
      final var all = study.numbers();
      assertEquals(
          List.of(
              "input", "encoder.conv1", "encoder.fc1", "latent.z", "decoder.fc1", "decoder.fc2"),
          all.get("sites"));
      assertEquals(3 + 4 + 8 + 3 + 8 + 4 * 8 * 8, all.get("units"));
      assertEquals(
          Map.of(
              "encoder.conv1.pre",
              "encoder.conv1",
              "encoder.fc1.pre",
              "encoder.fc1",
              "encoder.mu",
              "latent.z",
              "decoder.fc1.pre",
              "decoder.fc1",
              "decoder.fc2.pre",
              "decoder.fc2",
              "output.logits",
              "output"),
          all.get("same_value"));
    });
  }

  @Test
  void theTopAndASampleArePatched() {
    with(scene -> {
      final var study = AttributionStudy.of(scene, "light", 6, 3, 10, 7, (_, _, _) -> {});
      final var rows = study.rows();
      assertEquals(17, rows.size());
      for (int i = 1; i < 10; i++) {
        assertTrue(rows.get(i).kept());
        assertTrue(rows.get(i).attribution() <= rows.get(i - 1).attribution());
      }
      for (final var row : rows) {
        assertEquals(6, row.exact().n());
        assertTrue(row.kept() || row.attribution() <= rows.get(9).attribution());
      }
      final var all = study.numbers();
      assertEquals(10, all.get("kept"));
      assertEquals(7, all.get("audit"));
      assertThrows(
          IllegalArgumentException.class,
          () -> AttributionStudy.of(scene, "light", 1, 3, 10, 7, (_, _, _) -> {}));
    });
  }
}
