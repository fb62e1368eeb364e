package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.Mode;
import io.patchbay.analysis.disentanglement.Udr;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The scores of several runs, written into each run's folder as it is done; those that differ in
/// their seed alone are ranked among one another.
public final class ScoreRuns {
  /// Settings that may differ between models that are ranked: how they began, and how often they
  /// were written down.
  private static final Set<String> FREE = Set.of("seed", "log_every", "checkpoint_every");

  private final Backend backend;
  private final Datasets catalogue;
  private final ScoreSizes sizes;
  private final Mode mode;
  private final long seed;
  private final String version;

  /// @param catalogue where the runs' data sets are found
  /// @param version of this program, for the files
  public ScoreRuns(
      final Backend backend,
      final Datasets catalogue,
      final ScoreSizes sizes,
      final Mode mode,
      final long seed,
      final String version) {
    this.backend = backend;
    this.catalogue = catalogue;
    this.sizes = sizes;
    this.mode = mode;
    this.seed = seed;
    this.version = version;
  }

  /// Scores by run, in the order given.
  ///
  /// @param progress of each run
  /// @throws BadInputException when a folder is not that of a run, or its data set is not found
  public Map<Path, Scores> write(
      final List<Path> runs, final Function<Path, ScoreProgress> progress) {
    RunReport.check(runs);
    final var all = new LinkedHashMap<Path, Scores>();
    final var kinds = new LinkedHashMap<Map<String, Object>, List<Rival>>();
    for (final var run : runs) {
      try (var model = TrainedVae.open(run, backend);
          var data = catalogue.open(model.data())) {
        final var scene = new Scene(model, data, seed);
        final var scores = ScoreStudy.of(scene, sizes, mode, progress.apply(run));
        scores.write(run, version);
        all.put(run, scores);
        if (runs.size() > 1) {
          final var kind = model.config().toMap();
          kind.keySet().removeAll(FREE);
          kinds
              .computeIfAbsent(kind, _ -> new ArrayList<>())
              .add(new Rival(run, scores, ScoreStudy.model(scene, sizes)));
        }
      }
    }
    for (final var rivals : kinds.values()) {
      if (rivals.size() > 1) {
        final var ranked = ScoreStudy.ranked(rivals.stream().map(Rival::model).toList());
        for (int i = 0; i < rivals.size(); i++) {
          final var scores = rivals.get(i).scores.with(ranked.get(i));
          scores.write(rivals.get(i).run, version);
          all.put(rivals.get(i).run, scores);
        }
      }
    }
    return all;
  }

  /// A run among those that differ in their seed alone.
  private record Rival(Path run, Scores scores, Udr.Model model) {}
}
