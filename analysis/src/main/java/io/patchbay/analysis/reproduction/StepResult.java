package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a step found of a run, as its file `measures/STEP.json` holds it.
///
/// @param figures by the measures' ids
/// @param notes what figures do not say, by name; by the step's id, why it has no figures
record StepResult(Map<String, Interval> figures, Map<String, String> notes) {
  /// Nothing, which was to be expected.
  static final StepResult NONE = new StepResult(Map.of(), Map.of());

  private static final String FOLDER = "measures";

  StepResult {
    figures = Map.copyOf(figures);
    notes = Map.copyOf(notes);
    for (final var id : figures.keySet()) {
      if (!Measure.ids().contains(id)) {
        throw new IllegalArgumentException("no such measure: id=" + id);
      }
    }
  }

  /// No figures, and why.
  static StepResult without(final Step step, final String why) {
    return new StepResult(Map.of(), Map.of(step.id(), why));
  }

  /// @param of what the figures depend on: a file about something else is not read
  void write(final Path run, final Step step, final Map<String, Object> of) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("of", of);
    map.put("notes", new TreeMap<>(notes));
    final var all = new TreeMap<String, Object>();
    figures.forEach((id, interval) -> all.put(id, Json.interval(interval)));
    map.put("figures", all);
    JsonText.write(file(run, step), map);
  }

  /// What a run folder holds of a step, if it holds just this.
  ///
  /// @throws BadInputException when the file is not what [#write] writes
  static Optional<StepResult> read(final Path run, final Step step, final Map<String, Object> of) {
    final var file = file(run, step);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    final var node = Json.read(file);
    return node.path("of").equals(Json.tree(of))
        ? Optional.of(new StepResult(Json.intervals(file, node), Json.notes(node)))
        : Optional.empty();
  }

  private static Path file(final Path run, final Step step) {
    return run.resolve(FOLDER).resolve(step.id() + ".json");
  }
}
