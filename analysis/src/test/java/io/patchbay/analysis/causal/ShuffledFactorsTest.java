package io.patchbay.analysis.causal;

import static io.patchbay.analysis.causal.CausalGraphTest.graph;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.SignFlipTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ShuffledFactorsTest {
  private static GraphScores scores(final int shd, final double auc) {
    return new GraphScores(
        shd, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(auc));
  }

  @Test
  void theValuesCountThatAreAsGood() {
    final var shuffled =
        new ShuffledFactors(List.of(scores(3, 0.5), scores(1, 0.9), scores(2, 0.8), scores(0, 1)));
    assertEquals(3 / 5.0, shuffled.shdP(scores(1, 0.8)));
    assertEquals(OptionalDouble.of(4 / 5.0), shuffled.aucP(scores(1, 0.8)));
    assertEquals(
        1 / 5.0,
        new ShuffledFactors(List.of(scores(3, 0.5), scores(9, 0), scores(5, 0), scores(4, 0)))
            .shdP(scores(2, 1)));
    final var undefined =
        new GraphScores(1, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
    assertTrue(shuffled.aucP(undefined).isEmpty());
  }

  /// Two factors and two latents: factor 0 moves factor 1 by the first latent alone, so that half
  /// of the shuffles see the effect and half see none.
  @Test
  void everyDrawIsLearnedAnew() {
    final var learner =
        new GraphLearner(
            2,
            List.of(0, 1),
            (factor, _, latents) -> {
              final double size = factor == 0 && latents.contains(0) ? 1 : 0;
              final double[][] rows = new double[20][];
              Arrays.setAll(rows, _ -> new double[] {size, size});
              return new Interchanges.Responses(Matrix.ofRows(rows), Matrix.ofRows(rows));
            },
            0.1,
            0.05,
            new SignFlipTest(999, 1),
            new Bootstrap(20, 0.95, 1));
    final var assignment = new LatentAssignment(List.of(0, 1));
    final var truth = graph(2, "01");
    final var heard = new ArrayList<Integer>();
    final var shuffled = ShuffledFactors.ofLatents(learner, assignment, truth, 100, 5, heard::add);
    assertEquals(100, heard.size());
    assertEquals(100, heard.getLast());
    final long right = shuffled.draws().stream().filter(s -> s.shd() == 0).count();
    final long wrong = shuffled.draws().stream().filter(s -> s.shd() == 1).count();
    assertEquals(100, right + wrong);
    assertTrue(right > 30 && wrong > 30, "right=" + right);
    final var observed = learner.learn(assignment).scores(truth);
    assertEquals(0, observed.shd());
    assertEquals((1.0 + right) / 101, shuffled.shdP(observed));
    assertEquals(shuffled, ShuffledFactors.ofLatents(learner, assignment, truth, 100, 5, _ -> {}));
  }

  /// A chain a -> b -> c of three factors in all 6 orders, against 0 -> 1 -> 3.
  @Test
  void renamedGraphsKeepTheirShape() {
    final var learner =
        new GraphLearner(
            4,
            List.of(0, 1, 3),
            (factor, held, _) -> {
              final double[] row = new double[4];
              row[factor] = 1;
              if (factor == 0) {
                row[1] = 0.5;
                row[3] = held.isEmpty() ? 0.25 : 0;
              } else if (factor == 1) {
                row[3] = 0.5;
              }
              final double[][] rows = new double[20][];
              Arrays.setAll(rows, _ -> row);
              return new Interchanges.Responses(Matrix.ofRows(rows), Matrix.ofRows(rows));
            },
            0.1,
            0.05,
            new SignFlipTest(999, 1),
            new Bootstrap(20, 0.95, 1));
    final var truth = graph(4, "01 12 23");
    final var learned = learner.learn(new LatentAssignment(List.of(0, 1, 2, 3)));
    final var observed = learned.scores(truth);
    assertEquals(0, observed.shd(), "the truth without 2 is 0 -> 1 -> 3");
    final var renamed = ShuffledFactors.ofNames(learned, truth, 600, 4);
    final var counts = new int[4];
    for (final var score : renamed.draws()) {
      counts[score.shd()]++;
      assertEquals(score.precision(), score.recall(), "as many arrows as the truth");
    }
    // By hand: 013 differs in no pair; 130, 301 and 310 in two; 031 and 103 in all three.
    assertEquals(0, counts[1]);
    assertEquals(100, counts[0], 40);
    assertEquals(300, counts[2], 60);
    assertEquals(200, counts[3], 55);
    assertEquals((1.0 + counts[0]) / 601, renamed.shdP(observed));
  }
}
