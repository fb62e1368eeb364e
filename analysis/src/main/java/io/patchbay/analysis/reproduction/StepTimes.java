package io.patchbay.analysis.reproduction;

import io.patchbay.engine.Backend;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.train.Losses;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.BooleanSupplier;

/// How long a training step takes here, by making a few in a folder that is then removed.
final class StepTimes {
  private static final String FOLDER = ".timing";
  private static final long WARM_UP = 2;
  private static final long MOST_STEPS = 40;
  private static final double SECONDS = 1;

  private StepTimes() {}

  /// Seconds per step.
  ///
  /// @param folder where the trial's folder may lie
  /// @param stop ends the trial early
  static double of(
      final TrainConfig config,
      final FactorDataset data,
      final Backend backend,
      final Path folder,
      final BooleanSupplier stop) {
    final var trial = folder.resolve(FOLDER);
    remove(trial);
    final var clock = new Clock(stop);
    final var few = config.with("steps=" + (WARM_UP + MOST_STEPS));
    new Trainer(few, data, backend, clock, clock::enough).run(trial, false);
    remove(trial);
    return clock.secondsPerStep();
  }

  private static final class Clock implements TrainingListener {
    private final BooleanSupplier stop;
    private long steps;
    private long began;
    private long last;

    Clock(final BooleanSupplier stop) {
      this.stop = stop;
    }

    @Override
    public void step(
        final long step, final long all, final Losses losses, final double stepsPerSecond) {
      steps = step;
      last = System.nanoTime();
      if (step <= WARM_UP) {
        began = last;
      }
    }

    boolean enough() {
      return (steps > WARM_UP && (last - began) / 1e9 >= SECONDS) || stop.getAsBoolean();
    }

    double secondsPerStep() {
      return (last - began) / 1e9 / Math.max(1, steps - WARM_UP);
    }
  }

  private static void remove(final Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (final var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (final IOException e) {
      throw new UncheckedIOException(folder + ": cannot be removed: " + e.getMessage(), e);
    }
  }
}
