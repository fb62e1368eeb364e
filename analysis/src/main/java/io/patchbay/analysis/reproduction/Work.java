package io.patchbay.analysis.reproduction;

import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.train.Losses;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// How much of a reproduction is done, counted in steps of a VAE: a step of another variant counts
/// for what it takes, a step of measuring for a fixed number.
final class Work {
  private final ReproductionPlan plan;
  private final FactorDataset data;
  private final Map<Variant, Double> secondsPerStep;
  private final Reproduction.Listener listener;
  private final BooleanSupplier stop;
  private final double total;
  private double before;
  private String run = "";
  private double training;

  /// @param secondsPerStep of the variants still to train, and of a VAE; empty when nothing is left
  Work(
      final ReproductionPlan plan,
      final FactorDataset data,
      final List<PlannedRun> runs,
      final Map<Variant, Double> secondsPerStep,
      final Reproduction.Listener listener,
      final BooleanSupplier stop) {
    this.plan = plan;
    this.data = data;
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

  private double training(final PlannedRun planned) {
    return plan.steps() * step(planned.variant());
  }

  private double cost(final PlannedRun planned) {
    return training(planned) + plan.stepsOf(planned, data).stream().mapToDouble(plan::effort).sum();
  }

  /// A run that was measured before.
  void skip(final PlannedRun planned) {
    before += cost(planned);
  }

  /// @param all how many runs there are
  /// @param training runs that are to be trained, from the beginning or from where they were left
  /// @param measuring runs that are to be measured
  Forecast forecast(
      final int all, final List<PlannedRun> training, final List<PlannedRun> measuring) {
    final double seconds = secondsPerStep.getOrDefault(Variant.VAE, 0.0);
    final var rows = new LinkedHashMap<String, List<Double>>();
    for (final var planned : training) {
      rows.computeIfAbsent(
              "train " + planned.variant().id() + ", " + plan.steps() + " steps",
              _ -> new ArrayList<>())
          .add(seconds * training(planned));
    }
    for (final var planned : measuring) {
      for (final var step : plan.stepsOf(planned, data)) {
        rows.computeIfAbsent(step.title(), _ -> new ArrayList<>()).add(seconds * plan.effort(step));
      }
    }
    final var list = new ArrayList<Forecast.Row>();
    rows.forEach((what, each) -> list.add(new Forecast.Row(what, each.size(), each.getFirst())));
    return new Forecast(all, measuring.size(), list);
  }

  void begin(final PlannedRun planned) {
    run = planned.name();
    training = training(planned);
  }

  void trained(final long step, final long steps, final Losses losses) {
    final var what =
        String.format(
            Locale.ROOT, "%s step %,d of %,d, elbo %.1f", run, step, steps, losses.term("elbo"));
    listener.progress(before + training * step / steps, total, what);
  }

  /// The run's training is done, now or before.
  void trainedAll() {
    before += training;
  }

  /// @throws CancellationException when the user wants to stop
  void begin(final Step step) {
    check(step);
    listener.progress(before, total, run + ": " + step.title());
  }

  /// @throws CancellationException when the user wants to stop
  void at(final Step step, final String what, final long done, final long all) {
    check(step);
    final double share = all <= 0 ? 0 : (double) done / all;
    listener.progress(
        before + plan.effort(step) * share, total, run + ": " + step.title() + ", " + what);
  }

  private void check(final Step step) {
    if (stop.getAsBoolean()) {
      throw new CancellationException("stopped in: " + run + ", " + step.title());
    }
  }

  /// The step is done, now or before.
  void did(final Step step) {
    before += plan.effort(step);
  }

  void end() {
    listener.progress(before, total, run + ": done");
  }
}
