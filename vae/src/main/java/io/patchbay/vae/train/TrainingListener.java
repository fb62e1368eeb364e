package io.patchbay.vae.train;

import java.nio.file.Path;

/// Hears of a run's progress, on the thread that trains.
public interface TrainingListener {
  /// After each step.
  ///
  /// @param step updates done
  /// @param steps updates until the run is done
  /// @param stepsPerSecond since this run was started or resumed
  void step(long step, long steps, Losses losses, double stepsPerSecond);

  /// After each checkpoint, with the model's file.
  default void checkpoint(final long step, final Path model) {}

  /// Hears nothing.
  static TrainingListener none() {
    return (_, _, _, _) -> {};
  }
}
