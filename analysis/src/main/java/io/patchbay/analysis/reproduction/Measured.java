package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.Scene;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A trained run that is being measured, with what the steps before found.
///
/// @param untrained the same model before its first step
/// @param versions of what computes, for files
/// @param hearing hears how far a step is; what it throws ends the step
record Measured(
    PlannedRun run,
    Path folder,
    Scene scene,
    Scene untrained,
    MeasureSizes sizes,
    Map<String, String> versions,
    Found before,
    Hearing hearing) {
  /// Hears how far a step is.
  @FunctionalInterface
  interface Hearing {
    /// @param done of `total` parts
    void at(String what, long done, long total);
  }

  /// What steps found, taken together.
  static final class Found {
    private final Map<String, Interval> figures = new LinkedHashMap<>();
    private final Map<String, String> notes = new LinkedHashMap<>();

    void add(final StepResult result) {
      figures.putAll(result.figures());
      notes.putAll(result.notes());
    }

    Optional<Interval> figure(final String measure) {
      return Optional.ofNullable(figures.get(measure));
    }

    Optional<String> note(final String name) {
      return Optional.ofNullable(notes.get(name));
    }

    /// A note that lists names; none where there is no such note.
    List<String> names(final String name) {
      return note(name).map(names -> List.of(names.split(SEPARATOR, -1))).orElse(List.of());
    }

    Map<String, Interval> figures() {
      return figures;
    }

    Map<String, String> notes() {
      return notes;
    }
  }

  private static final String SEPARATOR = ", ";

  /// Names as a note.
  static String listed(final List<String> names) {
    return String.join(SEPARATOR, names);
  }

  /// A study, or why the model or the data do not allow it.
  ///
  /// @param notes takes the reason, by the step's id
  <T> Optional<T> tried(final Step step, final Map<String, String> notes, final Supplier<T> study) {
    try {
      return Optional.of(study.get());
    } catch (final BadInputException e) {
      if (e.getCause() instanceof IOException) {
        throw e;
      }
      notes.put(step.id(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /// Writes a study's numbers as the command does that asks for it alone.
  void write(final Path file, final Map<String, Object> numbers) {
    final var all = new LinkedHashMap<String, Object>();
    all.put("run", run.name());
    all.put("data", scene.data().name());
    all.putAll(numbers);
    all.put("device", scene.model().backend().device());
    all.putAll(versions);
    JsonText.write(folder.resolve(file), all);
  }
}
