package io.patchbay.tests.device;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Backend;
import io.patchbay.tests.science.QuarterImages;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;

/// An untrained model of two convolutions with three latents, and images for it.
final class TinyModel {
  static final FactorDataset DATA = new QuarterImages(new ImageShape(1, 16, 16), 50_000, 9);

  private TinyModel() {}

  static TrainConfig config() {
    return TrainConfig.defaults(
        Variant.VAE,
        "arch.widths=4,4",
        "arch.hidden=8",
        "latent=3",
        "batch=4",
        "steps=2",
        "checkpoint_every=1",
        "seed=4");
  }

  static TrainedVae on(final Backend backend) {
    return TrainedVae.untrained(config(), DATA.shape(), backend);
  }

  static Subject subject(final TrainedVae model) {
    return new Subject(model.backend(), model.vae(), model.weights());
  }
}
