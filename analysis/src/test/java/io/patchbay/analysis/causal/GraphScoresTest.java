package io.patchbay.analysis.causal;

import static io.patchbay.analysis.causal.CausalGraphTest.graph;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GraphScoresTest {
  private static final List<Integer> ALL = List.of(0, 1, 2, 3);
  private static final CausalGraph TRUTH = graph(4, "01 12 23");
  private static final double[][] NOTHING = new double[4][4];

  private static GraphScores scores(final String learned) {
    return GraphScores.of(TRUTH, graph(4, learned), NOTHING, ALL);
  }

  @Test
  void theTruthItselfIsPerfect() {
    final var scores = scores("01 12 23");
    assertEquals(0, scores.shd());
    assertEquals(OptionalDouble.of(1), scores.precision());
    assertEquals(OptionalDouble.of(1), scores.recall());
    // No effect at all: every pair is a tie.
    assertEquals(OptionalDouble.of(0.5), scores.auc());
  }

  @Test
  void anArrowTooManyMissingOrReversedCountsOne() {
    assertEquals(1, scores("01 12 23 03").shd());
    assertEquals(1, scores("01 12").shd());
    assertEquals(1, scores("10 12 23").shd());
    assertEquals(3, scores("10 21 32").shd());
    assertEquals(1, scores("01 10 12 23").shd(), "one direction too many");
    assertEquals(3, scores("").shd());
    assertEquals(2, scores("01 23 30").shd(), "one missing, one too many");
    assertEquals(6, scores("10 20 30 21 31 32").shd());
  }

  @Test
  void precisionAndRecallCountArrowsWithTheirDirection() {
    final var reversed = scores("10 12 23 03");
    assertEquals(OptionalDouble.of(0.5), reversed.precision());
    assertEquals(2.0 / 3, reversed.recall().orElseThrow(), 1e-15);
    assertTrue(scores("").precision().isEmpty());
    assertEquals(OptionalDouble.of(0), scores("").recall());
    assertTrue(GraphScores.of(graph(4, ""), TRUTH, NOTHING, ALL).recall().isEmpty());
    assertTrue(GraphScores.of(graph(4, ""), TRUTH, NOTHING, ALL).auc().isEmpty());
  }

  @Test
  void theAreaIsTheChanceThatATrueArrowHasTheLargerEffect() {
    final double[][] effects = {{9, 3, 1}, {0, 9, 2}, {2, 4, 9}};
    // True 01: 3 and 12: 2, against 1, 0, 2 and 4: 3 of 4, and 2.5 of 4.
    final var truth = graph(3, "01 12");
    assertEquals(
        OptionalDouble.of(5.5 / 8), GraphScores.of(truth, truth, effects, List.of(0, 1, 2)).auc());
  }

  @Test
  void onlyJudgedFactorsCount() {
    final double[][] effects = {{0, 1, 7}, {0, 0, 7}, {7, 7, 0}};
    final var scores =
        GraphScores.of(graph(3, "01 12"), graph(3, "01 20 21"), effects, List.of(0, 1));
    assertEquals(0, scores.shd());
    assertEquals(OptionalDouble.of(1), scores.precision());
    assertEquals(OptionalDouble.of(1), scores.recall());
    assertEquals(OptionalDouble.of(1), scores.auc());
  }
}
