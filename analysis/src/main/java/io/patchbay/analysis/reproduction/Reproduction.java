package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.ModelFigures;
import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.RunLock;
import io.patchbay.vae.train.DivergedException;
import io.patchbay.vae.train.RunFolder;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// Trains the paper's variants over seeds into run folders, measures each, and judges the paper's
/// findings by them.
///
/// A folder holds `options.json`, one run folder per model, each with `measures.json` once it was
/// measured, and at the end `reproduce.json`. Work that was stopped or killed is gone on with: runs
/// from their last checkpoint, bit for bit, and what was measured is not measured again.
public final class Reproduction {
  private static final String OPTIONS = "options.json";

  /// The file that holds everything in the end.
  public static final String RESULT = "reproduce.json";

  private final ReproductionPlan plan;
  private final FactorDataset data;
  private final Backend backend;
  private final Map<String, String> versions;
  private final Listener listener;
  private final BooleanSupplier stop;

  /// Hears what is being done.
  public interface Listener {
    /// Before the work.
    ///
    /// @param runs all of them
    /// @param left those not measured yet
    /// @param remaining how long these take, by a few timed steps; empty when all are trained
    void begins(int runs, int left, Optional<Duration> remaining);

    /// @param done and `total`: work in steps of a VAE
    void progress(double done, double total, String what);
  }

  /// @param versions of what computes, to be told with the result
  /// @param stop asked after each step and between the parts of measuring; true ends the work, with
  ///   everything kept
  public Reproduction(
      final ReproductionPlan plan,
      final FactorDataset data,
      final Backend backend,
      final Map<String, String> versions,
      final Listener listener,
      final BooleanSupplier stop) {
    this.plan = plan;
    this.data = data;
    this.backend = backend;
    this.versions = new LinkedHashMap<>(versions);
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
    // Before the lock, so that a folder which is refused is left as it was; and once more under it.
    check(folder, options);
    try (var _ = RunLock.acquire(folder)) {
      check(folder, options);
      AtomicFiles.write(folder.resolve(OPTIONS), Json.text(options));
      final var figures = figures(folder, runs);
      final var result =
          new Reproduced(
              plan, options, versions, ModelFigures.varying(data), new Evidence(figures));
      result.write(folder.resolve(RESULT));
      return Optional.of(result);
    } catch (final CancellationException _) {
      return Optional.empty();
    }
  }

  private List<RunFigures> figures(final Path folder, final List<PlannedRun> runs) {
    final var found = new LinkedHashMap<PlannedRun, RunFigures>();
    for (final var run : runs) {
      RunFigures.read(folder.resolve(run.name()), run, of(run)).ifPresent(f -> found.put(run, f));
    }
    final var work = new Work(plan, runs, times(folder, runs, found), listener, stop);
    found.keySet().forEach(work::skip);
    listener.begins(runs.size(), runs.size() - found.size(), work.remaining());
    final var figures = new ArrayList<RunFigures>();
    for (final var run : runs) {
      final var known = found.get(run);
      if (known == null) {
        work.begin(run);
        final var path = folder.resolve(run.name());
        train(run, path, work);
        figures.add(measure(run, path, work));
        work.end();
      } else {
        figures.add(known);
      }
    }
    return figures;
  }

  /// Seconds per step of a VAE and of the variants that are still to train.
  private Map<Variant, Double> times(
      final Path folder, final List<PlannedRun> runs, final Map<PlannedRun, RunFigures> found) {
    final var left =
        runs.stream()
            .filter(r -> !found.containsKey(r))
            .filter(r -> !Files.exists(new RunFolder(folder.resolve(r.name())).done()))
            .toList();
    final var times = new EnumMap<Variant, Double>(Variant.class);
    if (left.isEmpty()) {
      return times;
    }
    final var variants = new LinkedHashSet<Variant>(List.of(Variant.VAE));
    left.forEach(r -> variants.add(r.variant()));
    for (final var variant : variants) {
      final var config = plan.config(variant, 1, plan.latent(), data);
      times.put(variant, StepTimes.of(config, data, backend, folder, stop));
      if (stop.getAsBoolean()) {
        throw new CancellationException("stopped before the first run");
      }
    }
    return times;
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

  private RunFigures measure(final PlannedRun run, final Path path, final Work work) {
    try (var model = TrainedVae.open(path, backend);
        var untrained = TrainedVae.untrained(run.config(), data.shape(), backend)) {
      final long seed = ReproductionPlan.INPUT_SEED;
      final var figures =
          ModelFigures.of(
              new Scene(model, data, seed),
              new Scene(untrained, data, seed),
              plan.size(),
              plan.isolates(run),
              work::measuring);
      final var values = new LinkedHashMap<String, Interval>();
      Measure.ALL.forEach(m -> m.of().apply(figures).ifPresent(i -> values.put(m.id(), i)));
      final var notes = new LinkedHashMap<>(figures.meaning().missing());
      figures.meaning().circuit().ifPresent(c -> notes.put(RunFigures.FACTOR, c.factor()));
      final var result =
          new RunFigures(
              run.name(),
              run.variant(),
              run.seed(),
              run.latent(),
              backend.device(),
              figures.guard().controls().size(),
              !figures.blind(),
              notes,
              values);
      result.write(path, of(run));
      return result;
    }
  }

  /// What a run's figures depend on.
  private Map<String, Object> of(final PlannedRun run) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("config_hash", run.config().hash());
    map.put("steps", run.config().steps());
    map.put("inputs", plan.size().toMap());
    map.put("input_seed", ReproductionPlan.INPUT_SEED);
    map.put("circuit", plan.isolates(run));
    map.put("measures", Measure.ids());
    return map;
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
