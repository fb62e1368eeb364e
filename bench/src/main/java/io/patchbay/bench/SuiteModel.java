package io.patchbay.bench;

import io.patchbay.engine.Backend;
import io.patchbay.vae.data.Datasets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// The trained model of sweeps and errors, for callers that bring their own clock.
///
/// @param data as the catalogue of data sets takes it
/// @param folder of its run
public record SuiteModel(Conv4Weights weights, String data, Path folder) {
  /// The model of a run folder, or the suite's own, which is trained at the first use.
  ///
  /// @throws io.patchbay.vae.io.BadInputException when that is no run of conv4
  public static SuiteModel open(
      final Optional<Path> run, final Backend backend, final Consumer<String> progress) {
    final var model =
        run.map(folder -> TrainedConv4.of(folder, backend))
            .orElseGet(() -> TrainedConv4.cached(System.getenv(), backend, progress));
    return new SuiteModel(model.weights(), model.data(), Path.of(model.name()));
  }

  /// Different images of its data, (count; 1, 64, 64).
  public float[] images(final int count, final long seed) {
    try (var source = Datasets.of(System.getenv()).open(data)) {
      return TrainedConv4.images(source, count, seed);
    }
  }
}
