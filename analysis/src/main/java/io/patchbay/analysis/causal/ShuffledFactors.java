package io.patchbay.analysis.causal;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;

/// The scores of graphs learned in the same way after the factors of the latents were shuffled:
/// what a graph scores that knows the model, but not which latent stands for what.
public record ShuffledFactors(List<GraphScores> draws) {
  public ShuffledFactors {
    draws = List.copyOf(draws);
  }

  /// @param done hears how many draws are done
  public static ShuffledFactors of(
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
