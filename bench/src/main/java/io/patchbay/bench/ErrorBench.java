package io.patchbay.bench;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Datasets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// One run of the errors' suite: a trained model, inputs, edits, rows.
final class ErrorBench {
  private static final long HOST_MEMORY = 4L << 30;

  private ErrorBench() {}

  /// Measures what `options` ask for.
  static Report run(final BenchOptions options, final Consumer<String> progress) {
    final int threads = Runtime.getRuntime().availableProcessors();
    try (var backend = open(options, threads)) {
      final var environment = System.getenv();
      final var model =
          options
              .run()
              .map(run -> TrainedConv4.of(Path.of(run), backend))
              .orElseGet(() -> TrainedConv4.cached(environment, backend, progress));
      final float[] images;
      try (var data = Datasets.of(environment).open(model.data())) {
        images = TrainedConv4.images(data, EffectErrors.BASES, options.seed());
      }
      final var plans =
          Arrays.stream(ErrorPlan.values())
              .filter(plan -> backend.precisions().contains(plan.precision()))
              .toList();
      final var errors = new EffectErrors(backend, model.weights(), images, options.seed(), plans);
      final var rows = new ArrayList<ErrorReport.Row>();
      for (final var edit : EffectErrors.Edit.values()) {
        if (options.wants(edit.label())) {
          progress.accept(edit.label() + " ...");
          rows.addAll(errors.rows(edit));
        }
      }
      return new ErrorReport(backend.device(), notes(options, model, plans), rows);
    }
  }

  private static Backend open(final BenchOptions options, final int threads) {
    return Backends.open(options.device(), new Settings(threads, HOST_MEMORY)).backend();
  }

  private static List<String> notes(
      final BenchOptions options, final TrainedConv4 model, final List<ErrorPlan> plans) {
    final var notes = new ArrayList<String>();
    notes.add("model " + model.name() + ", inputs from " + model.data());
    notes.add("seed " + options.seed() + ", " + EffectErrors.BASES + " inputs");
    Arrays.stream(ErrorPlan.values())
        .filter(plan -> !plans.contains(plan))
        .forEach(plan -> notes.add(plan.label() + " left out: not on this device"));
    return notes;
  }
}
