package io.patchbay.analysis.causal;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/// The scores of a graph by chance, as one distribution: of graphs learned in the same way with
/// other latents for each factor, or of the learned graph with other names at its factors.
public record ShuffledFactors(List<GraphScores> draws) {
  public ShuffledFactors {
    draws = List.copyOf(draws);
  }

  /// Graphs learned anew after the factors of the latents were shuffled: what a graph scores that
  /// knows the model, but not which latent stands for what. Where every latent carries something of
  /// every factor, that is as much.
  ///
  /// @param done hears how many draws are done
  public static ShuffledFactors ofLatents(
      final GraphLearner learner,
      final LatentAssignment assignment,
      final CausalGraph truth,
      final int draws,
      final long seed,
      final IntConsumer done) {
    final var scores = new ArrayList<GraphScores>();
    for (int draw = 0; draw < draws; draw++) {
      final var random = new PhiloxRandom(seed, Streams.LABELS, 1, draw);
      scores.add(learner.learn(assignment.shuffled(random)).scores(truth));
      done.accept(draw + 1);
    }
    return new ShuffledFactors(scores);
  }

  /// The learned graph and its effects with the claimed factors in another order: what a graph of
  /// its shape scores. Where few orders give another graph, p cannot become small.
  public static ShuffledFactors ofNames(
      final LearnedGraph learned, final CausalGraph truth, final int draws, final long seed) {
    final var claimed = learned.claimed();
    final var sizes = learned.sizes();
    final var scores = new ArrayList<GraphScores>();
    for (int draw = 0; draw < draws; draw++) {
      final var order = new PhiloxRandom(seed, Streams.LABELS, 2, draw).permutation(claimed.size());
      final var name = new HashMap<Integer, Integer>();
      for (int i = 0; i < order.length; i++) {
        name.put(claimed.get(i), claimed.get(order[i]));
      }
      final var effects = new double[learned.factors()][learned.factors()];
      for (final int from : claimed) {
        for (final int to : claimed) {
          effects[named(name, from)][named(name, to)] = sizes[from][to];
        }
      }
      final var arrows = new TreeSet<CausalGraph.Arrow>();
      for (final var arrow : learned.graph().arrows()) {
        arrows.add(new CausalGraph.Arrow(named(name, arrow.from()), named(name, arrow.to())));
      }
      final var graph = new CausalGraph(learned.factors(), arrows);
      scores.add(GraphScores.of(truth.among(claimed), graph, effects, claimed));
    }
    return new ShuffledFactors(scores);
  }

  private static int named(final Map<Integer, Integer> names, final int factor) {
    return names.getOrDefault(factor, factor);
  }

  /// How often a shuffled graph is as near to the truth as this one: (1 + hits) / (1 + draws).
  public double shdP(final GraphScores observed) {
    final long hits = draws.stream().filter(d -> d.shd() <= observed.shd()).count();
    return (1.0 + hits) / (1.0 + draws.size());
  }

  /// How often the effects of a shuffled graph order the pairs as well as these; empty where the
  /// AUC is undefined.
  public OptionalDouble aucP(final GraphScores observed) {
    if (observed.auc().isEmpty()) {
      return OptionalDouble.empty();
    }
    final double least = observed.auc().getAsDouble();
    final long hits = draws.stream().filter(d -> d.auc().orElse(0) >= least).count();
    return OptionalDouble.of((1.0 + hits) / (1.0 + draws.size()));
  }
}
