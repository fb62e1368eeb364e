package io.patchbay.analysis.study;

import io.patchbay.analysis.report.Training;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The log of a run as curves.
final class TrainingLog {
  private static final Map<String, String> UNITS =
      Map.of(
          "elbo", "nats per image",
          "reconstruction", "nats per image",
          "kl", "nats per image",
          "tc", "nats",
          "discriminator_loss", "nats",
          "discriminator_accuracy", "share");

  private TrainingLog() {}

  /// The curves of `metrics.jsonl`, empty where there is none; a last line that was cut off by a
  /// crash is left out.
  static Optional<Training> read(final Path run) {
    final var file = new RunFolder(run).metrics();
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    final var curves = new LinkedHashMap<String, List<Training.Point>>();
    final var mapper = JsonMapper.builder().build();
    try {
      final var lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        try {
          add(mapper.readTree(lines.get(i)), curves);
        } catch (final JacksonException e) {
          if (i < lines.size() - 1) {
            throw new BadInputException(file, "line " + (i + 1), "not JSON", "one object a line");
          }
        }
      }
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "log", e);
    }
    final var result = new ArrayList<Training.Curve>();
    curves.forEach((name, points) ->
        result.add(new Training.Curve(name, UNITS.getOrDefault(name, ""), points)));
    return Optional.of(new Training(result));
  }

  private static void add(final JsonNode line, final Map<String, List<Training.Point>> curves) {
    final long step = line.path("step").asLong();
    line.propertyStream()
        .filter(e -> UNITS.containsKey(e.getKey()) && e.getValue().isNumber())
        .forEach(e ->
            curves
                .computeIfAbsent(e.getKey(), k -> new ArrayList<>())
                .add(new Training.Point(step, e.getValue().asDouble())));
  }
}
