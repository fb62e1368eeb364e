package io.patchbay.analysis.reproduction;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Where time went, in seconds by run and step, in a file beside the result, which holds none. Work
/// that was stopped counts, what a kill took with it does not.
final class Times {
  static final String TRAIN = "train";

  private static final String FILE = "times.json";

  private final Path file;
  private final Map<String, Map<String, Double>> seconds = new LinkedHashMap<>();

  private Times(final Path file) {
    this.file = file;
  }

  /// Goes on with the times of a folder.
  ///
  /// @throws BadInputException when its file is not what [#add] writes
  static Times in(final Path folder) {
    final var times = new Times(folder.resolve(FILE));
    if (Files.exists(times.file)) {
      for (final var run : Json.read(times.file).properties()) {
        for (final var step : run.getValue().properties()) {
          if (!step.getValue().isNumber()) {
            throw new BadInputException(
                times.file,
                run.getKey() + "." + step.getKey(),
                step.getValue().toString(),
                "seconds");
          }
          times.put(run.getKey(), step.getKey(), step.getValue().asDouble());
        }
      }
    }
    return times;
  }

  private void put(final String run, final String step, final double more) {
    seconds.computeIfAbsent(run, _ -> new LinkedHashMap<>()).merge(step, more, Double::sum);
  }

  /// @param began by the clock of nanoseconds
  void add(final String run, final String step, final long began) {
    put(run, step, Math.round((System.nanoTime() - began) / 1e6) / 1e3);
    JsonText.write(file, seconds);
  }

  /// Seconds by step, over all runs, in the order in which steps were first done.
  Map<String, Double> total() {
    final var total = new LinkedHashMap<String, Double>();
    seconds
        .values()
        .forEach(run -> run.forEach((step, value) -> total.merge(step, value, Double::sum)));
    return total;
  }

  /// How many runs each step of [#total] was done for.
  Map<String, Integer> runs() {
    final var runs = new LinkedHashMap<String, Integer>();
    seconds
        .values()
        .forEach(run -> run.keySet().forEach(step -> runs.merge(step, 1, Integer::sum)));
    return runs;
  }

  /// One line: `train 3:20 (9 runs), latents 0:31 (9 runs)`.
  String text() {
    final var runs = runs();
    final var text = new StringBuilder();
    total()
        .forEach((step, value) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(
                    String.format(
                        Locale.ROOT,
                        "%s %.1f s (%d runs)",
                        step,
                        value,
                        runs.getOrDefault(step, 0))));
    return text.toString();
  }
}
