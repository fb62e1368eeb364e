package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.train.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One run's figures, as its file `measures.json` holds them.
///
/// @param run the name of its folder
/// @param device where it was measured
/// @param passed whether the control rows of its latents passed; false where they could tell
///   nothing, as the model gives inputs one output
/// @param notes what figures do not say, and by the ids of steps why some are undefined
/// @param figures by the measures' ids; one that is undefined is missing
record RunFigures(
    String run,
    Variant variant,
    long seed,
    int latent,
    String device,
    boolean passed,
    Map<String, String> notes,
    Map<String, Interval> figures) {
  private static final String FILE = "measures.json";

  RunFigures {
    notes = Map.copyOf(notes);
    figures = Map.copyOf(figures);
  }

  Optional<String> note(final String name) {
    return Optional.ofNullable(notes.get(name));
  }

  Optional<Interval> figure(final String measure) {
    return Optional.ofNullable(figures.get(measure));
  }

  /// With more figures.
  RunFigures with(final Map<String, Interval> more) {
    final var all = new LinkedHashMap<>(figures);
    all.putAll(more);
    return new RunFigures(run, variant, seed, latent, device, passed, notes, all);
  }

  /// @param of what the figures depend on: a file about something else is not read
  void write(final Path folder, final Map<String, Object> of) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("of", of);
    map.putAll(toMap());
    JsonText.write(folder.resolve(FILE), map);
  }

  /// The figures that a run folder holds, if it holds any of just this.
  ///
  /// @throws BadInputException when the file is not what [#write] writes
  static Optional<RunFigures> read(
      final Path folder, final PlannedRun run, final Map<String, Object> of) {
    final var file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    final var node = Json.read(file);
    if (!node.path("of").equals(Json.tree(of))) {
      return Optional.empty();
    }
    final var figures = of(file, node);
    if (!figures.run().equals(run.name())) {
      throw new BadInputException(file, "run", figures.run(), run.name());
    }
    return Optional.of(figures);
  }

  /// As [#toMap] gives it.
  ///
  /// @param file that it stands in
  /// @throws BadInputException when it is something else
  static RunFigures of(final Path file, final JsonNode node) {
    final var model = node.path("model").asString("");
    if (!Variant.ids().contains(model)) {
      throw new BadInputException(
          file, "model", model, "one of " + String.join(", ", Variant.ids()));
    }
    return new RunFigures(
        node.path("run").asString(""),
        Variant.named(model),
        node.path("seed").asLong(0),
        node.path("latent").asInt(0),
        node.path("device").asString(""),
        node.path("controls_passed").asBoolean(false),
        Json.notes(node),
        Json.intervals(file, node));
  }

  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("run", run);
    map.put("model", variant.id());
    map.put("seed", seed);
    map.put("latent", latent);
    map.put("device", device);
    map.put("controls_passed", passed);
    map.put("notes", new TreeMap<>(notes));
    final var all = new LinkedHashMap<String, @Nullable Object>();
    for (final var measure : Measure.ids()) {
      all.put(measure, figure(measure).map(Json::interval).orElse(null));
    }
    map.put("figures", all);
    return map;
  }
}
