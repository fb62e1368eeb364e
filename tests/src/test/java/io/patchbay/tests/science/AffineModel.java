package io.patchbay.tests.science;

import io.patchbay.engine.Backend;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Architecture.Heads;
import io.patchbay.vae.model.Initialisation;
import io.patchbay.vae.model.Likelihood.Gaussian;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An autoencoder of one matrix each way: z = encode x, y = decode z. Half of its data counts as
/// held out.
///
/// @param encode (latents, pixels)
/// @param logvar per latent
/// @param decode (pixels, latents)
record AffineModel(ImageShape image, double[][] encode, double[] logvar, double[][] decode) {
  TrainedVae on(final Backend backend) {
    final int latents = encode.length;
    final var values = new LinkedHashMap<String, float[]>();
    put(values, "encoder.mu", encode, new double[latents]);
    put(values, "encoder.logvar", new double[latents][image.elements()], logvar);
    put(values, "decoder.fc1", decode, new double[decode.length]);
    final var base =
        TrainConfig.defaults(
            Variant.VAE, "likelihood=gaussian", "output=identity", "latent=" + latents);
    final var dense =
        new Architecture(
            "affine",
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Heads.SEPARATE,
            Initialisation.GLOROT_UNIFORM);
    final var config =
        new TrainConfig(
            base.objective(),
            base.data(),
            0.5,
            base.image(),
            dense,
            new Gaussian(1, false),
            latents,
            base.batch(),
            base.precision(),
            base.rate(),
            base.seed(),
            base.steps(),
            base.logEvery(),
            base.checkpointEvery());
    return TrainedVae.of(config.on(image), values, backend);
  }

  private static void put(
      final Map<String, float[]> values,
      final String layer,
      final double[][] weight,
      final double[] bias) {
    final int columns = weight[0].length;
    final var w = new float[weight.length * columns];
    final var b = new float[weight.length];
    for (int r = 0; r < weight.length; r++) {
      b[r] = (float) bias[r];
      for (int c = 0; c < columns; c++) {
        w[r * columns + c] = (float) weight[r][c];
      }
    }
    values.put(layer + ".weight", w);
    values.put(layer + ".bias", b);
  }
}
