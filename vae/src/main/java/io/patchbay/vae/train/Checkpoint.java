package io.patchbay.vae.train;

import io.patchbay.engine.Shape;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// One checkpoint: the model's parameters in `NAME.safetensors`, every other state (moments, a
/// discriminator) in `NAME.optimizer.safetensors`, and in `NAME.json`, written last, the step, the
/// random key, the configuration's hash and the two files' SHA-256.
record Checkpoint(Path folder, String name) {
  private static final String LATEST = "latest";

  Checkpoint {
    if (!name.matches("step-[0-9]{8}")) {
      throw new BadInputException(
          folder.resolve(LATEST), "name", "'" + name + "'", "step-NNNNNNNN");
    }
  }

  static Checkpoint of(final Path folder, final long step) {
    return new Checkpoint(folder, String.format(Locale.ROOT, "step-%08d", step));
  }

  Path model() {
    return folder.resolve(name + ".safetensors");
  }

  private Path states() {
    return folder.resolve(name + ".optimizer.safetensors");
  }

  private Path facts() {
    return folder.resolve(name + ".json");
  }

  /// Writes the checkpoint, and then its name as the latest.
  void write(
      final long step,
      final TrainConfig config,
      final Map<String, Shape> shapes,
      final Map<String, float[]> values) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw BadInputException.unreadable(folder.toString(), "checkpoints", e);
    }
    final var parameters = config.vae().parameters();
    final var rest = new LinkedHashMap<>(shapes);
    rest.keySet().removeAll(parameters.keySet());
    WeightFile.write(model(), parameters, values);
    WeightFile.write(states(), rest, values);
    final var facts = new LinkedHashMap<String, Object>();
    facts.put("step", step);
    facts.put("random", Map.of("generator", "philox4x32-10", "key", config.seed(), "draw", step));
    facts.put("config_hash", config.hash());
    final var sums = new LinkedHashMap<String, Object>();
    sums.put(model().getFileName().toString(), sha256(model()));
    sums.put(states().getFileName().toString(), sha256(states()));
    facts.put("sha256", sums);
    AtomicFiles.write(facts(), ConfigText.json(facts));
    AtomicFiles.write(folder.resolve(LATEST), name + "\n");
  }

  /// How many updates had been made.
  long step(final TrainConfig config) {
    final String text;
    try {
      text = Files.readString(facts());
    } catch (IOException e) {
      throw BadInputException.unreadable(facts().toString(), "checkpoint", e);
    }
    final var node = ConfigText.object(facts(), text);
    final var hash = node.path("config_hash").asString("");
    if (!hash.equals(config.hash())) {
      throw new BadInputException(
          facts(), "config_hash", "'" + hash + "'", "that of config.json, " + config.hash());
    }
    for (final var file : new Path[] {model(), states()}) {
      final var sum = node.path("sha256").path(file.getFileName().toString()).asString("");
      final var found = sha256(file);
      if (!sum.equals(found)) {
        throw new BadInputException(file, "content", "SHA-256 " + found, "SHA-256 " + sum);
      }
    }
    final var step = node.path("step");
    if (!step.isIntegralNumber() || step.asLong() < 0) {
      throw new BadInputException(facts(), "step", step.toString(), "a whole number from 0");
    }
    return step.asLong();
  }

  /// The values of every state.
  Map<String, float[]> read(final TrainConfig config, final Map<String, Shape> shapes) {
    final var parameters = config.vae().parameters();
    final var rest = new LinkedHashMap<>(shapes);
    rest.keySet().removeAll(parameters.keySet());
    final var values = WeightFile.read(model(), parameters);
    values.putAll(WeightFile.read(states(), rest));
    return values;
  }

  private static String sha256(final Path file) {
    try {
      final var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw BadInputException.unreadable(file.toString(), "checkpoint", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
