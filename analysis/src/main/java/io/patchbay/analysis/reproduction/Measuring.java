package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Measures trained runs, step by step. What a step found is kept in the run's folder, and not
/// looked for again.
final class Measuring {
  private static final String COLLAPSED = "no latent carries 0.1 nats";

  private final ReproductionPlan plan;
  private final FactorDataset data;
  private final Backend backend;
  private final Map<String, String> versions;
  private final Work work;
  private final Times times;

  Measuring(
      final ReproductionPlan plan,
      final FactorDataset data,
      final Backend backend,
      final Map<String, String> versions,
      final Work work,
      final Times times) {
    this.plan = plan;
    this.data = data;
    this.backend = backend;
    this.versions = versions;
    this.work = work;
    this.times = times;
  }

  /// What is known of a run from before, if all of it is.
  static Optional<RunFigures> known(
      final ReproductionPlan plan,
      final FactorDataset data,
      final PlannedRun run,
      final Path path) {
    return RunFigures.read(path, run, of(plan, data, run));
  }

  /// What a run's figures depend on.
  private static Map<String, Object> of(
      final ReproductionPlan plan, final FactorDataset data, final PlannedRun run) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("config_hash", run.config().hash());
    map.put("steps", run.config().steps());
    map.put("inputs", plan.sizes().toMap());
    map.put("input_seed", ReproductionPlan.INPUT_SEED);
    map.put("parts", plan.stepsOf(run, data).stream().map(Step::id).toList());
    map.put("measures", Measure.ids());
    return map;
  }

  /// Does what is left to do.
  RunFigures of(final PlannedRun run, final Path path) {
    final var of = of(plan, data, run);
    final var found = new Measured.Found();
    final var steps = plan.stepsOf(run, data);
    int next = 0;
    for (; next < steps.size(); next++) {
      final var known = StepResult.read(path, steps.get(next), of);
      if (known.isEmpty()) {
        break;
      }
      found.add(known.get());
      work.did(steps.get(next));
    }
    if (next < steps.size()) {
      rest(run, path, steps.subList(next, steps.size()), of, found);
    }
    final var figures =
        new RunFigures(
            run.name(),
            run.variant(),
            run.seed(),
            run.latent(),
            backend.device(),
            found.note(LatentStep.BLIND).isEmpty(),
            found.notes(),
            found.figures());
    figures.write(path, of);
    return figures;
  }

  private void rest(
      final PlannedRun run,
      final Path path,
      final List<Step> steps,
      final Map<String, Object> of,
      final Measured.Found found) {
    final long seed = ReproductionPlan.INPUT_SEED;
    try (var model = TrainedVae.open(path, backend);
        var untrained = TrainedVae.untrained(run.config(), data.shape(), backend)) {
      final var scene = new Scene(model, data, seed);
      final var before = new Scene(untrained, data, seed);
      for (final var step : steps) {
        work.begin(step);
        final long began = System.nanoTime();
        final var result =
            result(
                step,
                new Measured(
                    run,
                    path,
                    scene,
                    before,
                    plan.sizes(),
                    versions,
                    found,
                    (what, done, total) -> work.at(step, what, done, total)));
        result.write(path, step, of);
        times.add(run.name(), step.id(), began);
        found.add(result);
        work.did(step);
      }
    }
  }

  private static StepResult result(final Step step, final Measured measured) {
    if (step.asksMeaning()) {
      if (measured.before().note(LatentStep.BLIND).isPresent()) {
        return StepResult.NONE;
      }
      if (measured.before().figure(Measure.USED).filter(i -> i.estimate() > 0).isEmpty()) {
        return StepResult.without(step, COLLAPSED);
      }
    }
    return switch (step) {
      case LATENTS -> LatentStep.of(measured);
      case SCORES -> ScoreStep.of(measured);
      case UNITS -> UnitStep.units(measured);
      case ATTRIBUTION -> CircuitStep.attribution(measured);
      case CIRCUITS -> CircuitStep.circuits(measured);
      case MOTIFS -> CircuitStep.motifs(measured);
      case PROFILE -> UnitStep.profile(measured);
      case GRAPH -> GraphStep.of(measured);
    };
  }
}
