package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.study.ModelFigures;
import io.patchbay.vae.train.Losses;
import io.patchbay.vae.train.Variant;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// How much of a reproduction is done, counted in steps of a VAE: a step of another variant counts
/// for what it takes, measuring a run for a fixed number.
final class Work {
  private final ReproductionPlan plan;
  private final Map<Variant, Double> secondsPerStep;
  private final Reproduction.Listener listener;
  private final BooleanSupplier stop;
  private final double total;
  private double before;
  private String run = "";
  private double training;
  private double measuring;

  /// @param secondsPerStep of the variants still to train, and of a VAE; empty when none is
  Work(
      final ReproductionPlan plan,
      final List<PlannedRun> runs,
      final Map<Variant, Double> secondsPerStep,
      final Reproduction.Listener listener,
      final BooleanSupplier stop) {
    this.plan = plan;
    this.secondsPerStep = new EnumMap<>(Variant.class);
    this.secondsPerStep.putAll(secondsPerStep);
    this.listener = listener;
    this.stop = stop;
    total = runs.stream().mapToDouble(this::cost).sum();
  }

  private double step(final Variant variant) {
    final var own = secondsPerStep.get(variant);
    final var vae = secondsPerStep.get(Variant.VAE);
    return own == null || vae == null ? 1 : own / vae;
  }

  private double cost(final PlannedRun planned) {
    return plan.steps() * step(planned.variant()) + plan.measuring(planned);
  }

  /// A run that was measured before.
  void skip(final PlannedRun planned) {
    before += cost(planned);
  }

  /// How long the rest takes; empty where nothing was timed.
  Optional<Duration> remaining() {
    return Optional.ofNullable(secondsPerStep.get(Variant.VAE))
        .map(seconds -> Duration.ofSeconds(Math.round((total - before) * seconds)));
  }

  void begin(final PlannedRun planned) {
    run = planned.name();
    training = plan.steps() * step(planned.variant());
    measuring = plan.measuring(planned);
  }

  void trained(final long step, final long steps, final Losses losses) {
    final var what =
        String.format(
            Locale.ROOT, "%s step %,d of %,d, elbo %.1f", run, step, steps, losses.term("elbo"));
    listener.progress(before + training * step / steps, total, what);
  }

  /// @throws CancellationException when the user wants to stop
  void measuring(final String part) {
    if (stop.getAsBoolean()) {
      throw new CancellationException("stopped before: " + run + ", " + part);
    }
    final double share = (double) ModelFigures.PARTS.indexOf(part) / ModelFigures.PARTS.size();
    listener.progress(before + training + measuring * share, total, run + ": " + part);
  }

  void end() {
    before += training + measuring;
    listener.progress(before, total, run + ": done");
  }
}
