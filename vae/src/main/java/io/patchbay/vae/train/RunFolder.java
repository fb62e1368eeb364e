package io.patchbay.vae.train;

import io.patchbay.vae.data.Scm;
import io.patchbay.vae.data.ScmReference;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The files of a run.
///
/// `config.json` and `config.yaml` hold every setting, `environment.json` where it ran,
/// `metrics.jsonl` one object per logged step, `checkpoints/` the checkpoints, `model.safetensors`
/// the trained parameters, and `DONE`, written last, the number of steps. A run on a causal world
/// of a user's own has its text in `world.yaml`.
public record RunFolder(Path path) {
  public Path config() {
    return path.resolve("config.json");
  }

  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  public Path model() {
    return path.resolve("model.safetensors");
  }

  public Path done() {
    return path.resolve("DONE");
  }

  public Path world() {
    return path.resolve("world.yaml");
  }

  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  /// The configuration of the run.
  ///
  /// @throws BadInputException when there is none
  public TrainConfig readConfig() {
    return TrainConfig.read(config(), List.of());
  }

  /// The data set of the run, as the catalogue takes it: a causal world is that of `world.yaml`,
  /// whatever has become of the file that it was copied from, and refused where the copy has
  /// changed.
  public String data(final TrainConfig config) {
    return ScmReference.of(config.data())
        .flatMap(ScmReference::sha256)
        .filter(_ -> Files.exists(world()))
        .map(hash -> new ScmReference(world(), Optional.of(hash)).toString())
        .orElse(config.data());
  }

  /// Whether it may be taken for a new run: it is missing, or holds nothing but a lock.
  boolean isEmpty() {
    if (!Files.exists(path)) {
      return true;
    }
    try (var files = Files.list(path)) {
      return files.allMatch(file -> file.endsWith(".lock"));
    } catch (IOException e) {
      throw BadInputException.unreadable(path.toString(), "run folder", e);
    }
  }

  void writeConfig(final TrainConfig config) {
    AtomicFiles.write(path.resolve("config.yaml"), config.toYaml());
    AtomicFiles.write(config(), config.toJson());
  }

  void writeWorld(final Scm world) {
    AtomicFiles.write(world(), world.text());
  }

  void writeEnvironment(final Map<String, String> environment) {
    AtomicFiles.write(path.resolve("environment.json"), ConfigText.json(environment));
  }

  /// Adds one line to the log.
  void log(final Map<String, Object> values) {
    final var line = ConfigText.jsonLine(values) + "\n";
    try {
      Files.writeString(metrics(), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(metrics() + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /// Drops the lines of steps after `step`, which will be made again, and a last line that was cut
  /// off when the run died.
  ///
  /// @throws BadInputException when another line is not an object with a step
  void cutLog(final long step) {
    if (!Files.exists(metrics())) {
      return;
    }
    final String text;
    try {
      text = Files.readString(metrics(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw BadInputException.unreadable(metrics().toString(), "log", e);
    }
    final var kept = new StringBuilder();
    int from = 0;
    int number = 1;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      final var line = text.substring(from, end);
      final var at = ConfigText.object(metrics(), line).path("step");
      if (!at.isIntegralNumber()) {
        throw new BadInputException(metrics(), "line " + number, "no step", "a logged step");
      }
      if (at.asLong() <= step) {
        kept.append(line).append('\n');
      }
      from = end + 1;
      number++;
    }
    AtomicFiles.write(metrics(), kept.toString());
  }

  /// The checkpoint to go on from, if there is one.
  Optional<Checkpoint> latest() {
    final var file = checkpoints().resolve("latest");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Checkpoint(checkpoints(), Files.readString(file).strip()));
    } catch (IOException e) {
      throw BadInputException.unreadable(file.toString(), "name of a checkpoint", e);
    }
  }
}
