package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.causal.ShuffledFactors;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.CircuitStudy;
import io.patchbay.analysis.study.GraphStudy;
import io.patchbay.analysis.study.ModelFigures;
import io.patchbay.analysis.study.ModelFigures.Labels;
import io.patchbay.analysis.study.UnitStudy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/// A figure of a run, and as a mean over seeds of a model. A new one is a line of [#ALL].
///
/// @param id its name in files
/// @param title its name in the table; empty where the table, as text, does not have it
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
  static final String STABLE = "labels_stable";
  static final String CIRCUIT_EDGES = "circuit_edges";
  static final String ALL_EDGES = "circuit_all_edges";
  static final String FAITHFULNESS = "circuit_faithfulness";
  static final String COMPLETENESS = "circuit_completeness";
  static final String IDLE = "circuit_idle";
  static final String DISTANCE = "graph_shd";
  static final String AREA = "graph_auc";
  static final String DISTANCE_P = "graph_shd_p";
  static final String NAMES_P = "graph_shd_names_p";

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
              "latents that carry exactly one factor: 0.1 sd of its read-out, 5 % false"
                  + " discoveries",
              f -> labelled(f, Labels::monosemantic)),
          new Measure(
              POLYSEMANTIC,
              "poly",
              "latents that carry two factors or more",
              f -> labelled(f, Labels::polysemantic)),
          new Measure(
              UNDECIDED,
              "undecided",
              "latents with KL from 0.01 that carry no factor by that rule",
              f -> labelled(f, Labels::undecided)),
          new Measure(
              STABLE,
              "stable",
              "share of the latents with a factor whose label is the same by half the inputs",
              f -> f.meaning().units().flatMap(Measure::stable)),
          untabled(
              CIRCUIT_EDGES,
              "edges of a circuit in the encoder, of the factor that is read best",
              f -> circuit(f, c -> exact(c.figures().edges().size(), c.figures().pairs()))),
          untabled(
              ALL_EDGES,
              "edges that it could have",
              f -> circuit(f, c -> exact(c.edges(), c.figures().pairs()))),
          untabled(
              FAITHFULNESS,
              "share of the read-out's change that the circuit alone brings, on pairs held out",
              f -> circuit(f, c -> c.figures().faithfulness())),
          untabled(
              COMPLETENESS,
              "share that all other edges bring; 0 is best",
              f -> circuit(f, c -> c.figures().completeness())),
          untabled(
              IDLE,
              "share of the circuit's edges that bring less than 0.005 each",
              f -> circuit(f, c -> c.figures().idle())),
          untabled(
              DISTANCE,
              "structural Hamming distance of the learned graph of factors to the true one",
              f -> graph(f, g -> g.scores().map(s -> (double) s.shd()))),
          untabled(
              "graph_precision",
              "share of its arrows that are true",
              f -> graph(f, g -> g.scores().flatMap(s -> boxed(s.precision())))),
          untabled(
              "graph_recall",
              "share of the true arrows that it has",
              f -> graph(f, g -> g.scores().flatMap(s -> boxed(s.recall())))),
          untabled(
              AREA,
              "chance that an effect with a true arrow is larger than one without",
              f -> graph(f, g -> g.scores().flatMap(s -> boxed(s.auc())))),
          untabled(
              DISTANCE_P,
              "p of so small a distance with other latents for each factor",
              f -> graph(f, g -> distanceP(g, g.latentsShuffled()))),
          untabled(
              "graph_auc_p",
              "p of so large an AUC with other latents for each factor",
              f -> graph(f, g -> areaP(g, g.latentsShuffled()))),
          untabled(
              NAMES_P,
              "p of so small a distance with the factors' names shuffled",
              f -> graph(f, g -> distanceP(g, g.namesShuffled()))),
          untabled(
              "graph_auc_names_p",
              "p of so large an AUC with the factors' names shuffled",
              f -> graph(f, g -> areaP(g, g.namesShuffled()))));

  private static Measure untabled(
      final String id, final String meaning, final Function<ModelFigures, Optional<Interval>> of) {
    return new Measure(id, "", meaning, of);
  }

  /// Whether the table has it as text.
  boolean tabled() {
    return !title.isEmpty();
  }

  /// The ids of [#ALL].
  static List<String> ids() {
    return ALL.stream().map(Measure::id).toList();
  }

  private static Interval exact(final double value, final int n) {
    return Interval.unbounded(value, n);
  }

  private static Optional<Interval> labelled(
      final ModelFigures figures, final ToIntFunction<Labels> count) {
    return figures.labels().map(l -> exact(count.applyAsInt(l), figures.size().meaning().units()));
  }

  private static Optional<Interval> stable(final UnitStudy units) {
    final var stability = units.measured().stability();
    return stability.named() == 0
        ? Optional.empty()
        : Optional.of(exact(stability.namedShare(), stability.named()));
  }

  private static Optional<Interval> circuit(
      final ModelFigures figures, final Function<CircuitStudy, Interval> of) {
    return figures.meaning().circuit().map(of);
  }

  private static Optional<Interval> graph(
      final ModelFigures figures, final Function<GraphStudy, Optional<Double>> of) {
    return figures
        .meaning()
        .graph()
        .flatMap(g -> of.apply(g).map(value -> exact(value, g.question().inputs())));
  }

  private static Optional<Double> distanceP(
      final GraphStudy graph, final Optional<ShuffledFactors> chance) {
    return graph.scores().flatMap(s -> chance.map(c -> c.shdP(s)));
  }

  private static Optional<Double> areaP(
      final GraphStudy graph, final Optional<ShuffledFactors> chance) {
    return graph.scores().flatMap(s -> chance.flatMap(c -> boxed(c.aucP(s))));
  }

  private static Optional<Double> boxed(final OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }
}
