package io.patchbay.analysis.reproduction;

import io.patchbay.vae.io.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;

/// What a reproduction on another data set found.
///
/// @param data its data set
/// @param latent latents of the models in its table
/// @param evidence of its runs whose control rows passed
record OtherData(String data, int latent, Evidence evidence) {
  /// @param folder of a reproduction that is done
  /// @throws BadInputException when it has no result, or one of something else
  static OtherData read(final Path folder) {
    final var file = folder.resolve(Reproduction.RESULT);
    final var node = Json.read(file);
    final var options = node.path("options");
    if (!options.path("data").isString() || !options.path("latent").isIntegralNumber()) {
      throw new BadInputException(
          file, "options", options.toString(), "those of a reproduction, with data and latent");
    }
    final var runs = new ArrayList<RunFigures>();
    for (final var run : node.path("runs")) {
      runs.add(RunFigures.of(file, run));
    }
    return new OtherData(
        options.path("data").asString(),
        options.path("latent").asInt(),
        new Evidence(runs).controlled());
  }
}
