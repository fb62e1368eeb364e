package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.ModelFigures;
import io.patchbay.analysis.study.ModelFigures.Labels;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/// A figure that every run has and the table shows, as a mean over seeds. A new one is a line of
/// [#ALL].
///
/// @param id its name in files
/// @param title its name in the table
/// @param meaning one line for a reader who does not know it
/// @param of the figure with its interval over inputs, unbounded where it has none; empty where it
///   is undefined
public record Measure(
    String id, String title, String meaning, Function<ModelFigures, Optional<Interval>> of) {
  static final String STRENGTH = "ces";
  static final String UNTRAINED = "ces_untrained";
  static final String DISENTANGLEMENT = "dci_disentanglement";
  static final String GAP = "mig";
  static final String USED = "active";
  static final String MONOSEMANTIC = "monosemantic";
  static final String POLYSEMANTIC = "polysemantic";
  static final String UNDECIDED = "undecided";

  /// Every figure, in the order of the table.
  public static final List<Measure> ALL =
      List.of(
          new Measure(
              DISENTANGLEMENT,
              "DCI D",
              "disentanglement of DCI, 0 to 1",
              f -> f.dci().map(d -> exact(d.disentanglementScore(), f.size().training()))),
          new Measure(
              GAP, "MIG", "mutual information gap, 0 to 1", f -> f.gap().flatMap(g -> g.score())),
          new Measure(
              STRENGTH,
              "CES",
              "causal effect strength: mean L2 change of the image under do(z_i = v), over latents",
              f -> Optional.of(f.strength().model())),
          new Measure(
              UNTRAINED,
              "CES untrained",
              "the same before the first step",
              f -> Optional.of(f.untrained().model())),
          new Measure(
              "specificity_spatial",
              "S spatial",
              "1 = one pixel moves, 0 = all alike; mean over active latents",
              f -> f.spatial().bounded()),
          new Measure(
              "specificity_semantic",
              "S semantic",
              "1 = one factor moves, 0 = all alike; mean over active latents",
              f -> f.semantic().flatMap(s -> s.bounded())),
          new Measure(
              "modularity",
              "modularity",
              "circuit modularity: 1 = separate circuits, 0 = the same",
              f -> f.modularity().model()),
          new Measure(
              "dci_completeness",
              "DCI C",
              "completeness of DCI, 0 to 1",
              f -> f.dci().map(d -> exact(d.completenessScore(), f.size().training()))),
          new Measure(
              "dci_informativeness",
              "DCI I",
              "accuracy of DCI's classifiers on samples held out, mean over factors",
              f -> f.dci().map(d -> exact(d.testAccuracy(), f.size().testing()))),
          new Measure("elbo", "ELBO", "nats per image", f -> Optional.of(f.elbo())),
          new Measure(
              USED,
              "active",
              "latents whose KL is at least 0.1 nats",
              f -> Optional.of(exact(f.used(), f.size().codes()))),
          new Measure(
              MONOSEMANTIC,
              "mono",
              "latents that move exactly one factor: F >= 0.1, false discovery rate 5 %",
              f -> labelled(f, Labels::monosemantic)),
          new Measure(
              POLYSEMANTIC,
              "poly",
              "latents that move two factors or more",
              f -> labelled(f, Labels::polysemantic)),
          new Measure(
              UNDECIDED,
              "undecided",
              "latents with KL from 0.01 that move no factor by that rule",
              f -> labelled(f, Labels::undecided)));

  /// The ids of [#ALL].
  static List<String> ids() {
    return ALL.stream().map(Measure::id).toList();
  }

  private static Interval exact(final double value, final int n) {
    return Interval.unbounded(value, n);
  }

  private static Optional<Interval> labelled(
      final ModelFigures figures, final ToIntFunction<Labels> count) {
    return figures.labels().map(l -> exact(count.applyAsInt(l), figures.size().recorded()));
  }
}
