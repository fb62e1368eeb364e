package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.ModelMeaning;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
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
/// @param controls control rows beside the interventions
/// @param passed whether all of them passed; false where they could tell nothing, as the model
///   gives inputs one output
/// @param notes what figures do not say: [#FACTOR], and why some are undefined, by the names of
///   [ModelMeaning]'s parts
/// @param figures by the measures' ids; one that is undefined is missing
record RunFigures(
    String run,
    Variant variant,
    long seed,
    int latent,
    String device,
    int controls,
    boolean passed,
    Map<String, String> notes,
    Map<String, Interval> figures) {
  /// The name of the note that says whose circuit it is.
  static final String FACTOR = "circuit of";

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

  /// @param of what the figures depend on: a file about something else is not read
  void write(final Path folder, final Map<String, Object> of) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("of", of);
    map.putAll(toMap());
    AtomicFiles.write(folder.resolve(FILE), Json.text(map));
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
    final var figures = new LinkedHashMap<String, Interval>();
    for (final var measure : Measure.ids()) {
      final var figure = node.path("figures").path(measure);
      if (!figure.isNull()) {
        figures.put(measure, interval(file, measure, figure));
      }
    }
    final var notes = new LinkedHashMap<String, String>();
    node.path("notes")
        .properties()
        .forEach(note -> notes.put(note.getKey(), note.getValue().asString("")));
    return Optional.of(
        new RunFigures(
            run.name(),
            run.variant(),
            run.seed(),
            run.latent(),
            node.path("device").asString(""),
            node.path("controls").asInt(0),
            node.path("controls_passed").asBoolean(false),
            notes,
            figures));
  }

  private static Interval interval(final Path file, final String place, final JsonNode node) {
    if (!node.path("value").isNumber() || !node.path("n").isIntegralNumber()) {
      throw new BadInputException(file, "figures." + place, node.toString(), "value, low, high, n");
    }
    final double value = node.path("value").asDouble();
    final int n = node.path("n").asInt();
    return node.path("low").isNumber() && node.path("high").isNumber()
        ? new Interval(value, node.path("low").asDouble(), node.path("high").asDouble(), n)
        : Interval.unbounded(value, n);
  }

  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("run", run);
    map.put("model", variant.id());
    map.put("seed", seed);
    map.put("latent", latent);
    map.put("device", device);
    map.put("controls", controls);
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
