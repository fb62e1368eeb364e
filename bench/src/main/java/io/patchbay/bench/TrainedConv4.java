package io.patchbay.bench;

import io.patchbay.engine.Backend;
import io.patchbay.vae.data.CacheFolder;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.RunFolder;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.Variant;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// The trained model that the sweeps are timed on, with inputs from its own data. Freshly drawn
/// weights would not do: what an intervention changes, and how many units are dead, is a matter of
/// training.
///
/// @param data as the catalogue takes it
/// @param name where the model comes from, for the output
record TrainedConv4(Conv4Weights weights, String data, String name) {
  private static final int STEPS = 700;
  private static final int KEY = 12;
  private static final int SAY_EVERY = 100;
  private static final int TRIES = 100;

  /// The model of a run folder.
  ///
  /// @throws BadInputException when that is no run, or of another net
  static TrainedConv4 of(final Path run, final Backend backend) {
    try (var trained = TrainedVae.open(run, backend)) {
      final var wanted = new EngineModel(Conv4Weights.random(0)).vae();
      final var found = trained.vae();
      if (!found.parameters().equals(wanted.parameters())
          || !found.architecture().encoder().equals(wanted.architecture().encoder())
          || !found.architecture().decoder().equals(wanted.architecture().decoder())
          || !found.likelihood().equals(wanted.likelihood())) {
        throw new BadInputException(
            run,
            "model",
            found.architecture().name() + " on " + found.image() + ", latent=" + found.latent(),
            "conv4 on " + wanted.image() + ", latent=" + wanted.latent() + ", bernoulli");
      }
      return new TrainedConv4(
          EngineModel.weights(trained.values()), trained.data(), run.toString());
    }
  }

  /// The suite's own model: 700 steps on `sprites` with seed 1, trained at the first use and kept
  /// in the folder `bench` of the cache.
  ///
  /// @param environment where the cache's place may be set, see [CacheFolder]
  static TrainedConv4 cached(
      final Map<String, String> environment,
      final Backend backend,
      final Consumer<String> progress) {
    final var config =
        TrainConfig.defaults(Variant.VAE, "data=sprites", "lr=1e-3", "seed=1", "steps=" + STEPS);
    try (var data = Datasets.of(environment).open(config.data())) {
      final var whole = config.on(data);
      final var name = "conv4-sprites-" + STEPS + "-" + whole.hash().substring(0, KEY);
      final var folder = CacheFolder.of(environment).folder("bench").resolve(name);
      if (!Files.exists(new RunFolder(folder).done())) {
        progress.accept("training a model of " + STEPS + " steps, once: " + folder);
        final boolean begun = Files.exists(new RunFolder(folder).config());
        new Trainer(
                whole,
                data,
                backend,
                (step, steps, _, rate) -> {
                  if (step % SAY_EVERY == 0) {
                    progress.accept(
                        String.format(
                            Locale.ROOT, "  step %d of %d, %.1f a second", step, steps, rate));
                  }
                },
                () -> false)
            .run(folder, begun);
      }
      return of(folder, backend);
    }
  }

  /// Different images of a data set, drawn by a seed: (count; C, H, W).
  ///
  /// @throws BadInputException when the data set has too few
  static float[] images(final FactorDataset data, final int count, final long seed) {
    final int size = data.shape().elements();
    final var random = new SplittableRandom(seed);
    final var images = new float[count * size];
    final Set<FloatBuffer> seen = new HashSet<>();
    for (int tries = 0; seen.size() < count; tries++) {
      if (tries == TRIES * count) {
        throw new BadInputException(
            data.name(), "images", seen.size() + " different ones", "at least " + count);
      }
      final int at = seen.size() * size;
      data.image(random.nextLong(data.size()), images, at);
      seen.add(FloatBuffer.wrap(Arrays.copyOfRange(images, at, at + size)));
    }
    return images;
  }
}
