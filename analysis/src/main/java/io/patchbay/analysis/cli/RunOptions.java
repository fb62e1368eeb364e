package io.patchbay.analysis.cli;

import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The frame of a command that asks something of one trained run: the run, and what every analysis
/// takes. A command opens the run with [#ask], and hands its result to [#show].
final class RunOptions {
  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
  @Parameters(paramLabel = "RUN", description = "A run folder.")
  private Path run;

  @Mixin private final AnalysisOptions analysis = new AnalysisOptions();

  RunOptions() {}

  /// A run that is open, and what it is asked on.
  record Opened(Backend backend, TrainedVae model, FactorDataset data, long seed) {
    /// @throws io.patchbay.vae.io.BadInputException when the model takes other images
    Scene scene() {
      return new Scene(model, data, seed);
    }
  }

  Path run() {
    return run;
  }

  OutputOptions output() {
    return analysis.output();
  }

  /// Takes this seed where none was given.
  void seedUnlessGiven(final long other) {
    analysis.seedUnlessGiven(other);
  }

  /// Opens the device, the model and the data, in this order, for as long as `answer` takes.
  ///
  /// @param data name of a data set; null for the run's own
  /// @throws io.patchbay.vae.io.BadInputException when the folder is not that of a run, or the data
  ///   are not found
  int ask(final @Nullable String data, final Function<Opened, Integer> answer) {
    try (var backend = analysis.open();
        var model = TrainedVae.open(run, backend);
        var images = Datasets.of(System.getenv()).open(data == null ? model.data() : data)) {
      return answer.apply(new Opened(backend, model, images, analysis.seed()));
    }
  }

  /// Where results go: what the user said, or a folder of this name in the run's.
  Path folder(final @Nullable Path out, final String name) {
    return out == null ? run.resolve(name) : out;
  }

  /// Numbers with the run that they are of, and what computed them.
  Map<String, Object> signed(final Map<String, Object> numbers, final Opened opened) {
    final var all = new LinkedHashMap<String, Object>();
    all.put("run", run.toString());
    all.putAll(numbers);
    return analysis.signed(all, opened.backend());
  }

  /// Shows a result: JSON where that is asked for, else what `table` prints.
  void show(final Object result, final Runnable table) {
    analysis.show(result, table);
  }
}
