package io.patchbay.vae.train;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Weights;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model with values for its parameters, on a backend. Closing it frees the parameters; the
/// programs made with them must be closed before.
public final class TrainedVae implements AutoCloseable {
  private final TrainConfig config;
  private final String data;
  private final Vae vae;
  private final Backend backend;
  private final Weights weights;

  private TrainedVae(
      final TrainConfig config,
      final String data,
      final Backend backend,
      final Map<String, float[]> values) {
    this.config = config;
    this.data = data;
    this.backend = backend;
    vae = config.vae();
    final var states = VaeGraph.analysis(vae, new Axis("rows")).graph().states().values();
    weights = backend.weights(new ArrayList<>(states));
    values.forEach(weights::write);
  }

  /// Opens the model of a run folder: `config.json` with `model.safetensors`, or where the run is
  /// not finished, its latest checkpoint.
  ///
  /// @throws BadInputException when the folder is not that of a run, or when tensors are missing,
  ///   too many, or of another shape
  public static TrainedVae open(final Path path, final Backend backend) {
    final var folder = new RunFolder(path);
    if (!Files.isRegularFile(folder.config())) {
      throw new BadInputException(path, "run folder", "no config.json", "the folder of a run");
    }
    final var config = folder.readConfig();
    if (config.image().isEmpty()) {
      throw new BadInputException(
          folder.config(), "image", "nothing", "channels, height and width of the images");
    }
    final var values = WeightFile.read(weightsOf(folder), config.vae().parameters());
    return new TrainedVae(config, folder.data(config), backend, values);
  }

  private static Path weightsOf(final RunFolder folder) {
    if (Files.exists(folder.model())) {
      return folder.model();
    }
    return folder
        .latest()
        .map(Checkpoint::model)
        .orElseThrow(() ->
            new BadInputException(
                folder.path(),
                "run folder",
                "no model.safetensors and no checkpoint",
                "a run that has come to its first checkpoint"));
  }

  /// Opens the parameters in a safetensors file as those of the configured model.
  public static TrainedVae load(final TrainConfig config, final Path file, final Backend backend) {
    final var values = WeightFile.read(file, config.vae().parameters());
    return new TrainedVae(config, config.data(), backend, values);
  }

  /// The model as it is before its first step: the null of every effect.
  public static TrainedVae untrained(
      final TrainConfig config, final ImageShape image, final Backend backend) {
    final var on = config.on(image);
    return new TrainedVae(on, on.data(), backend, on.vae().initial(on.seed()));
  }

  /// A model with these parameters.
  ///
  /// @param values every parameter by name, in its logical order
  /// @throws IllegalArgumentException when one is missing
  public static TrainedVae of(
      final TrainConfig config, final Map<String, float[]> values, final Backend backend) {
    final var shapes = config.vae().parameters();
    if (!shapes.keySet().equals(values.keySet())) {
      throw new IllegalArgumentException(
          "parameters: given=" + values.keySet() + ", expected=" + shapes.keySet());
    }
    return new TrainedVae(config, config.data(), backend, values);
  }

  public TrainConfig config() {
    return config;
  }

  /// The name of the data set that it was trained on, as the catalogue takes it; of a run folder
  /// that of [RunFolder#data].
  public String data() {
    return data;
  }

  public Vae vae() {
    return vae;
  }

  public Backend backend() {
    return backend;
  }

  /// The parameters on the backend, for programs over graphs of [#vae].
  public Weights weights() {
    return weights;
  }

  /// A copy of every parameter by name.
  public Map<String, float[]> values() {
    final var values = new LinkedHashMap<String, float[]>();
    weights.names().forEach(name -> values.put(name, weights.read(name)));
    return values;
  }

  @Override
  public void close() {
    weights.close();
  }
}
