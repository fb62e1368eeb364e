package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.metric.MutualInformationGap;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.train.Representation;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// A random encoder spreads every factor over all latents, so that no latent stands out.
class UntrainedGapTest {
  private static final int SAMPLES = 2000;

  @Test
  void theGapOfAnUntrainedEncoderIsSmall() {
    try (var data = new Sprites(false);
        var backend = Backends.open("auto", new Settings(2, 1L << 29)).backend();
        var model =
            TrainedVae.untrained(
                TrainConfig.defaults(Variant.VAE, "seed=12"), data.shape(), backend);
        var representation = new Representation(model)) {
      final var rows = new Scene(model, data, 40).rows(SAMPLES);
      final var codes = representation.encode(data, rows);
      final var classes = Arrays.stream(rows).mapToObj(data::factorsOf).toArray(int[][]::new);
      final var gap =
          MutualInformationGap.of(
              Matrix.of(codes.mu(), SAMPLES, codes.d()), classes, new Bootstrap(50, 0.95, 2));
      final double score = gap.score().orElseThrow().estimate();
      assertTrue(score >= 0 && score < 0.05, "gap=" + score);
    }
  }
}
