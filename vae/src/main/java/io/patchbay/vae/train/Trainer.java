package io.patchbay.vae.train;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Precision;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.Scm;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.RunLock;
import io.patchbay.vae.objective.TrainingGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Trains a model into a run folder. What a step does depends on the configuration and on the
/// step's number alone, so a run that is stopped and resumed gives the same bytes as one that was
/// not.
public final class Trainer {
  private final TrainConfig config;
  private final FactorDataset data;
  private final Backend backend;
  private final TrainingListener listener;
  private final BooleanSupplier stop;
  private final TrainingGraph graph;

  /// @param stop asked after each step; true writes a checkpoint and ends the run
  /// @throws BadInputException when the model does not fit the data, or the backend does not
  ///   multiply in the configuration's precision
  public Trainer(
      final TrainConfig config,
      final FactorDataset data,
      final Backend backend,
      final TrainingListener listener,
      final BooleanSupplier stop) {
    requirePrecision(config.precision(), backend);
    this.config = config.on(data);
    this.data = data;
    this.backend = backend;
    this.listener = listener;
    this.stop = stop;
    graph = TrainingGraph.of(this.config.vae(), this.config.objective());
  }

  private static void requirePrecision(final Precision precision, final Backend backend) {
    if (!backend.planPrecisions().contains(precision)) {
      throw new BadInputException(
          "--precision",
          backend.device(),
          precision.label(),
          backend.planPrecisions().stream().sorted().map(Precision::label).toList()
              + ", what this device trains in");
    }
  }

  /// Trains to the last step or until stopped.
  ///
  /// @param resume goes on from the latest checkpoint of the folder, or from the beginning where
  ///   the run had not come to one; without it the folder must be new or empty
  /// @throws BadInputException when the folder is in use, holds something else, or was started with
  ///   another configuration
  /// @throws DivergedException when a loss is not finite
  public TrainResult run(final Path path, final boolean resume) {
    final var folder = new RunFolder(path);
    // Before the lock, so that a folder which is refused is left as it was; and once more under it.
    checkFolder(folder, resume);
    try (var _ = RunLock.acquire(path);
        var state = new TrainState(backend, graph)) {
      checkFolder(folder, resume);
      final long start = resume ? resumed(folder, state) : started(state);
      folder.writeConfig(config);
      if (data instanceof final Scm world) {
        folder.writeWorld(world);
      }
      folder.writeEnvironment(Environment.of(backend));
      if (start == config.steps() && Files.exists(folder.done())) {
        return new TrainResult(path, start, false, Optional.empty());
      }
      delete(folder.done());
      final var loop = new TrainingLoop(graph, config, data, backend, folder, state, start);
      final var end = loop.run(listener, stop);
      switch (end) {
        case STOPPED -> {}
        case DIVERGED -> throw loop.diagnose();
        case DONE -> {
          WeightFile.write(folder.model(), config.vae().parameters(), state.read());
          AtomicFiles.write(folder.done(), config.steps() + "\n");
        }
      }
      return new TrainResult(path, loop.step(), end == TrainingLoop.End.STOPPED, loop.last());
    }
  }

  private void checkFolder(final RunFolder folder, final boolean resume) {
    if (resume) {
      config.checkResumes(folder.readConfig(), folder.config());
    } else if (!folder.isEmpty()) {
      throw new BadInputException(
          folder.path(), "run folder", "files in it", "a new or empty folder, or to resume");
    }
  }

  private long started(final TrainState state) {
    state.write(graph.initial(config.seed()));
    return 0;
  }

  private long resumed(final RunFolder folder, final TrainState state) {
    final var checkpoint = folder.latest();
    if (checkpoint.isEmpty()) {
      folder.cutLog(0);
      return started(state);
    }
    final long step = checkpoint.get().step(config);
    if (step > config.steps()) {
      throw new BadInputException(
          folder.config(), "steps", Long.toString(config.steps()), "at least the run's, " + step);
    }
    state.write(checkpoint.get().read(config, state.shapes()));
    folder.cutLog(step);
    return step;
  }

  private static void delete(final Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw BadInputException.unreadable(file.toString(), "mark of a finished run", e);
    }
  }
}
