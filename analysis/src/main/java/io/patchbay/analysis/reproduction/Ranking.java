package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.disentanglement.Udr;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.study.ScoreStudy;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// The scores of models that differ in their seed alone among one another, which need all of them:
/// kept in `udr/MODEL.json`.
final class Ranking {
  private static final String FOLDER = "udr";

  private final ReproductionPlan plan;
  private final FactorDataset data;
  private final Backend backend;
  private final BooleanSupplier stop;

  Ranking(
      final ReproductionPlan plan,
      final FactorDataset data,
      final Backend backend,
      final BooleanSupplier stop) {
    this.plan = plan;
    this.data = data;
    this.backend = backend;
    this.stop = stop;
  }

  /// The figures of all runs, in their order, with those of the ranking.
  ///
  /// @throws CancellationException when the user wants to stop
  List<RunFigures> of(final Path folder, final Map<PlannedRun, RunFigures> measured) {
    final var all = new LinkedHashMap<PlannedRun, RunFigures>();
    for (final var name : groups(measured)) {
      final var runs = measured.keySet().stream().filter(run -> group(run).equals(name)).toList();
      final var ranked = runs.size() < 2 ? List.<Map<String, Interval>>of() : ranked(folder, runs);
      for (int i = 0; i < runs.size(); i++) {
        final var figures = Objects.requireNonNull(measured.get(runs.get(i)));
        all.put(runs.get(i), ranked.isEmpty() ? figures : figures.with(ranked.get(i)));
      }
    }
    return measured.keySet().stream().map(run -> Objects.requireNonNull(all.get(run))).toList();
  }

  private static Set<String> groups(final Map<PlannedRun, RunFigures> measured) {
    final var groups = new LinkedHashSet<String>();
    measured.keySet().forEach(run -> groups.add(group(run)));
    return groups;
  }

  /// The name of a run's folder without its seed.
  private static String group(final PlannedRun run) {
    return run.name().substring(0, run.name().lastIndexOf('-'));
  }

  private List<Map<String, Interval>> ranked(final Path folder, final List<PlannedRun> runs) {
    final var file = folder.resolve(FOLDER).resolve(group(runs.getFirst()) + ".json");
    final var of = new LinkedHashMap<String, Object>();
    of.put("config_hashes", runs.stream().map(run -> run.config().hash()).toList());
    of.put("steps", plan.steps());
    of.put("inputs", plan.sizes().scores().ranked());
    of.put("input_seed", ReproductionPlan.INPUT_SEED);
    if (Files.exists(file)) {
      final var node = Json.read(file);
      if (node.path("of").equals(Json.tree(of))) {
        return runs.stream()
            .map(run -> Json.intervals(file, node.path("runs").path(run.name())))
            .toList();
      }
    }
    final var models = new ArrayList<Udr.Model>();
    for (final var run : runs) {
      if (stop.getAsBoolean()) {
        throw new CancellationException("stopped before the seeds were ranked");
      }
      try (var model = TrainedVae.open(folder.resolve(run.name()), backend)) {
        final var scene = new Scene(model, data, ReproductionPlan.INPUT_SEED);
        models.add(ScoreStudy.model(scene, plan.sizes().scores()));
      }
    }
    final var ranked =
        ScoreStudy.ranked(models).stream()
            .map(scores -> ScoreStep.figures(scores, new LinkedHashMap<>()))
            .toList();
    write(file, of, runs, ranked);
    return ranked;
  }

  private static void write(
      final Path file,
      final Map<String, Object> of,
      final List<PlannedRun> runs,
      final List<Map<String, Interval>> ranked) {
    final var byRun = new LinkedHashMap<String, Object>();
    for (int i = 0; i < runs.size(); i++) {
      final var figures = new LinkedHashMap<String, Object>();
      ranked.get(i).forEach((id, interval) -> figures.put(id, Json.interval(interval)));
      byRun.put(runs.get(i).name(), Map.of("figures", figures));
    }
    final var map = new LinkedHashMap<String, Object>();
    map.put("of", of);
    map.put("runs", byRun);
    JsonText.write(file, map);
  }
}
