package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.report.ReportWriter;
import io.patchbay.analysis.study.ModelFigures;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.io.RunLock;
import io.patchbay.vae.train.DivergedException;
import io.patchbay.vae.train.RunFolder;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// Trains the paper's variants over seeds into run folders, measures each, and judges the paper's
/// findings by them.
///
/// A folder holds `options.json`, one run folder per model, each with `measures.json` once it was
/// measured, and at the end `reproduce.json`. A run's folder has what the commands that ask one
/// thing each would leave there. Work that was stopped or killed is gone on with: runs from their
/// last checkpoint, bit for bit, and a step of measuring that was done is not done again.
public final class Reproduction {
  private static final String OPTIONS = "options.json";

  /// The file that holds everything in the end.
  public static final String RESULT = "reproduce.json";

  /// The folder of the page about it.
  public static final String REPORT = "report";

  private final ReproductionPlan plan;
  private final FactorDataset data;
  private final Backend backend;
  private final Map<String, String> versions;
  private final List<Path> beside;
  private final String command;
  private final Listener listener;
  private final BooleanSupplier stop;

  /// Hears what is being done.
  public interface Listener {
    /// Before the work.
    void begins(Forecast forecast);

    /// @param done and `total`: work in steps of a VAE
    void progress(double done, double total, String what);

    /// After the work.
    ///
    /// @param times where time went, in one line, that of earlier calls too
    void ends(String times);
  }

  /// @param versions of what computes, to be told with the result
  /// @param beside folders of reproductions on other data, whose results the findings about several
  ///   data sets take in
  /// @param command the command line that goes on with the work, to be told on the page
  /// @param stop asked after each training step and within the steps of measuring; true ends the
  ///   work, with everything kept but the step of measuring under way
  public Reproduction(
      final ReproductionPlan plan,
      final FactorDataset data,
      final Backend backend,
      final Map<String, String> versions,
      final List<Path> beside,
      final String command,
      final Listener listener,
      final BooleanSupplier stop) {
    this.plan = plan;
    this.data = data;
    this.backend = backend;
    this.versions = new LinkedHashMap<>(versions);
    this.beside = List.copyOf(beside);
    this.command = command;
    this.listener = listener;
    this.stop = stop;
  }

  /// Does what is left to do in `folder`.
  ///
  /// @return empty when it was stopped
  /// @throws BadInputException when the folder is in use, holds something else, or was started with
  ///   other options
  public Optional<Reproduced> run(final Path folder) {
    final var runs = plan.runs(data);
    final var options = plan.toMap(data);
    final var others = others();
    // Before the lock, so that a folder which is refused is left as it was; and once more under it.
    check(folder, options);
    try (var _ = RunLock.acquire(folder)) {
      check(folder, options);
      JsonText.write(folder.resolve(OPTIONS), options);
      final var figures = figures(folder, runs);
      final var result =
          new Reproduced(
              plan, options, versions, ModelFigures.varying(data), new Evidence(figures), others);
      result.write(folder.resolve(RESULT));
      final var times = Times.in(folder);
      ReproducedPage.of(result, times, Instant.now(), command)
          .write(folder.resolve(REPORT), ReportWriter.Form.FOLDER);
      listener.ends(times.text());
      return Optional.of(result);
    } catch (final CancellationException _) {
      return Optional.empty();
    } catch (final IOException e) {
      throw new UncheckedIOException(folder + ": no page: " + e.getMessage(), e);
    }
  }

  private List<OtherData> others() {
    final var others = new ArrayList<OtherData>();
    final var seen = new HashSet<>(Set.of(plan.data()));
    for (final var folder : beside) {
      final var other = OtherData.read(folder);
      if (!seen.add(other.data())) {
        throw new BadInputException(
            folder, "data", other.data(), "another data set than " + String.join(", ", seen));
      }
      others.add(other);
    }
    return others;
  }

  private List<RunFigures> figures(final Path folder, final List<PlannedRun> runs) {
    final var found = new LinkedHashMap<PlannedRun, RunFigures>();
    for (final var run : runs) {
      Measuring.known(plan, data, run, folder.resolve(run.name()))
          .ifPresent(f -> found.put(run, f));
    }
    final var left = runs.stream().filter(r -> !found.containsKey(r)).toList();
    final var untrained =
        left.stream()
            .filter(r -> !Files.exists(new RunFolder(folder.resolve(r.name())).done()))
            .toList();
    final var seconds = left.isEmpty() ? Map.<Variant, Double>of() : seconds(folder, untrained);
    final var work = new Work(plan, data, runs, seconds, listener, stop);
    found.keySet().forEach(work::skip);
    listener.begins(work.forecast(runs.size(), untrained, left));
    final var times = Times.in(folder);
    final var measuring = new Measuring(plan, data, backend, versions, work, times);
    for (final var run : left) {
      work.begin(run);
      final var path = folder.resolve(run.name());
      final long began = System.nanoTime();
      try {
        train(run, path, work);
      } finally {
        times.add(run.name(), Times.TRAIN, began);
      }
      work.trainedAll();
      found.put(run, measuring.of(run, path));
      work.end();
    }
    final var measured = new LinkedHashMap<PlannedRun, RunFigures>();
    runs.forEach(run -> measured.put(run, Objects.requireNonNull(found.get(run))));
    return new Ranking(plan, data, backend, stop).of(folder, measured);
  }

  /// Seconds per step of a VAE and of the variants that are still to train.
  private Map<Variant, Double> seconds(final Path folder, final List<PlannedRun> untrained) {
    final var seconds = new EnumMap<Variant, Double>(Variant.class);
    final var variants = new LinkedHashSet<Variant>(List.of(Variant.VAE));
    untrained.forEach(r -> variants.add(r.variant()));
    for (final var variant : variants) {
      final var config = plan.config(variant, 1, plan.latent(), data);
      seconds.put(variant, StepTimes.of(config, data, backend, folder, stop));
      if (stop.getAsBoolean()) {
        throw new CancellationException("stopped before the first run");
      }
    }
    return seconds;
  }

  private void train(final PlannedRun run, final Path path, final Work work) {
    final var trainer =
        new Trainer(
            run.config(),
            data,
            backend,
            (step, steps, losses, _) -> work.trained(step, steps, losses),
            stop);
    final boolean started = Files.exists(new RunFolder(path).config());
    if (!started) {
      clear(path);
    }
    try {
      if (trainer.run(path, started).interrupted()) {
        throw new CancellationException("stopped in: " + run.name());
      }
    } catch (final DivergedException e) {
      throw new IllegalStateException(run.name() + ": " + e.getMessage(), e);
    }
  }

  private static void check(final Path folder, final Map<String, Object> options) {
    final var file = folder.resolve(OPTIONS);
    if (!Files.exists(file)) {
      if (!untouched(folder)) {
        throw new BadInputException(
            folder, "folder", "files in it", "a new or empty folder, or that of a reproduction");
      }
      return;
    }
    final var started = Json.read(file);
    final var now = Json.tree(options);
    for (final var name : options.keySet()) {
      if (!started.path(name).equals(now.path(name))) {
        throw new BadInputException(
            file,
            name,
            started.path(name).toString(),
            "the value of this call, " + now.path(name) + ", to go on, or another folder");
      }
    }
  }

  /// Whether a folder is missing or holds hidden files alone: a lock, or what a kill left of it.
  private static boolean untouched(final Path folder) {
    if (!Files.exists(folder)) {
      return true;
    }
    try (var files = Files.list(folder)) {
      return files.allMatch(f -> String.valueOf(f.getFileName()).startsWith("."));
    } catch (final IOException e) {
      throw BadInputException.unreadable(folder.toString(), "folder", e);
    }
  }

  /// Removes what a run left that was killed before it had a configuration.
  private static void clear(final Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (var files = Files.list(path)) {
      for (final var file : files.toList()) {
        if (Files.isRegularFile(file)) {
          Files.delete(file);
        }
      }
    } catch (final IOException e) {
      throw new UncheckedIOException(path + ": cannot be cleared: " + e.getMessage(), e);
    }
  }
}
