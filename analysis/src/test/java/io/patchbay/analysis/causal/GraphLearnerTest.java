package io.patchbay.analysis.causal;

import static io.patchbay.analysis.causal.CausalGraphTest.graph;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.SignFlipTest;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rule of edges on responses that are made up, so that their answer is known.
class GraphLearnerTest {
  private static final int INPUTS = 40;
  private static final LatentAssignment ONE_EACH = new LatentAssignment(List.of(0, 1, 2, 3));

  /// What the learner asked, in words.
  private final List<String> asked = new ArrayList<>();

  private static GraphLearner learner(
      final List<Integer> claimed, final Interchanges interchanges, final int draws) {
    return new GraphLearner(
        4,
        claimed,
        interchanges,
        0.1,
        0.05,
        new SignFlipTest(draws, 3),
        new Bootstrap(50, 0.95, 3));
  }

  private GraphLearner learner(final double[][] total, final double[][] held) {
    return learner(
        List.of(0, 1, 2, 3),
        (factor, mediators, latents) -> {
          asked.add(factor + " held " + mediators + " latents " + latents);
          return constant(mediators.isEmpty() ? total[factor] : held[factor]);
        },
        999);
  }

  /// Every input moves as much, in the direction of the whole.
  private static Interchanges.Responses constant(final double[] sizes) {
    final var rows = new double[INPUTS][];
    for (int i = 0; i < INPUTS; i++) {
      rows[i] = sizes;
    }
    return new Interchanges.Responses(Matrix.ofRows(rows), Matrix.ofRows(rows));
  }

  @Test
  void aMediatedEffectIsNoEdge() {
    final double[][] total = {{1, 0.5, 0.25, 0}, {0, 1, 0.5, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    final double[][] held = {{1, 0, 0.001, 0}, {}, {}, {}};
    final var learned = learner(total, held).learn(ONE_EACH);
    assertEquals(graph(4, "01 12"), learned.graph());
    assertEquals(3, learned.edges().size());
    final var mediated = learned.edges().get(1);
    assertEquals(2, mediated.to());
    assertEquals(List.of(1), mediated.mediators());
    assertEquals(0.25, mediated.total().size().estimate(), 1e-12);
    assertEquals(0.001, mediated.direct().orElseThrow().size().estimate(), 1e-12);
    assertFalse(mediated.isDirect());
    assertTrue(asked.contains("0 held [1] latents [0, 1]"), asked::toString);
    assertEquals(5, asked.size(), asked::toString);
    assertEquals(1, learned.effects().get(3).get(3).orElseThrow().size().estimate());
    assertEquals(0, learned.scores(graph(4, "01 12")).shd());
  }

  @Test
  void anEffectThatStaysWhenTheMediatorIsHeldIsAnEdge() {
    final double[][] total = {{1, 0.5, 0.75, 0}, {0, 1, 0.5, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    final double[][] held = {{1, 0, 0.5, 0}, {}, {}, {}};
    assertEquals(graph(4, "01 02 12"), learner(total, held).learn(ONE_EACH).graph());
  }

  @Test
  void whatIsSmallIsNoEdge() {
    final double[][] total = {{1, 0.09, 0.11, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    assertEquals(graph(4, "02"), learner(total, total).learn(ONE_EACH).graph());
  }

  @Test
  void factorsThatAreNotClaimedOrHaveNoLatentHaveNoEdges() {
    final double[][] total = {{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}};
    final var learned =
        learner(List.of(0, 1, 3), (factor, _, _) -> constant(total[factor]), 999)
            .learn(new LatentAssignment(List.of(0, 1, 2, LatentAssignment.NONE)));
    assertEquals(graph(4, "01 03 10 13"), learned.graph());
    assertTrue(learned.effects().get(2).get(1).isEmpty());
    assertTrue(learned.effects().get(1).get(2).isEmpty());
    assertTrue(learned.effects().get(3).get(1).isEmpty());
    assertEquals(0, learned.sizes()[3][1]);
  }

  @Test
  void theSameQuestionIsAskedOnce() {
    final double[][] total = {{1, 0.5, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    final var learner = learner(total, total);
    final var one = learner.learn(ONE_EACH);
    assertEquals(4, asked.size());
    assertEquals(one, learner.learn(ONE_EACH));
    assertEquals(4, asked.size());
    learner.learn(new LatentAssignment(List.of(1, 0, 2, 3)));
    assertEquals(6, asked.size(), asked::toString);
  }

  /// Read-outs that move as often against the whole as with it are an edge in at most the nominal
  /// share of graphs, however large they are.
  @Test
  void withoutAgreementThereAreNoEdgesBeyondTheNominalRate() {
    final int graphs = 200;
    int withEdges = 0;
    for (int g = 0; g < graphs; g++) {
      final int draw = g;
      final var learned =
          learner(List.of(0, 1, 2, 3), (factor, _, _) -> noise(draw, factor), 999).learn(ONE_EACH);
      withEdges += learned.edges().isEmpty() ? 0 : 1;
    }
    // Three standard errors of a share of 0.05.
    assertTrue(withEdges <= graphs * 0.05 + 3 * Math.sqrt(graphs * 0.05 * 0.95), "" + withEdges);
    assertTrue(withEdges > 0, "a test that never finds anything says nothing");
  }

  private static Interchanges.Responses noise(final int draw, final int factor) {
    final var random = new PhiloxRandom(8, Streams.FIRST_FREE, factor, draw);
    final var sizes = new double[INPUTS][4];
    final var agreements = new double[INPUTS][4];
    for (int i = 0; i < INPUTS; i++) {
      for (int l = 0; l < 4; l++) {
        sizes[i][l] = 0.3 + random.nextDouble();
        agreements[i][l] = random.nextBoolean() ? sizes[i][l] : -sizes[i][l];
      }
    }
    return new Interchanges.Responses(Matrix.ofRows(sizes), Matrix.ofRows(agreements));
  }

  /// Where every input says the same, so does every resample; where an effect is near the
  /// threshold, some have its edge and some have not.
  @Test
  void scoresHaveIntervalsFromGraphsOfResamples() {
    final var truth = graph(4, "01 02 12");
    final double[][] total = {{1, 0.5, 0.75, 0}, {0, 1, 0.5, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    final double[][] held = {{1, 0, 0.5, 0}, {}, {}, {}};
    final var sure = intervals(learner(total, held), truth);
    assertEquals(new Interval(0, 0, 0, INPUTS), sure.shd());
    assertEquals(new Interval(1, 1, 1, INPUTS), sure.recall().orElseThrow());
    assertEquals(new Interval(1, 1, 1, INPUTS), sure.auc().orElseThrow());
    assertEquals(5, asked.size(), "resamples ask nothing new: " + asked);
    final var learner =
        learner(
            List.of(0, 1, 2, 3),
            (factor, _, _) -> {
              final var rows = new double[INPUTS][4];
              for (int i = 0; i < INPUTS; i++) {
                rows[i][1] = factor == 0 ? 0.2 * (i % 2) + 0.01 : 0;
                rows[i][2] = factor == 0 ? 0.3 : 0;
                rows[i][3] = factor == 0 ? 0.15 * (i % 3) : 0;
              }
              return new Interchanges.Responses(Matrix.ofRows(rows), Matrix.ofRows(rows));
            },
            999);
    final var open = intervals(learner, truth);
    // 0 -> 1 is not always there; 0 -> 3 is one too many, and 1 -> 2 is missing.
    assertEquals(new Interval(2, 2, 3, INPUTS), open.shd());
    assertEquals(1 / 3.0, open.recall().orElseThrow().low(), 1e-12);
    assertEquals(2 / 3.0, open.recall().orElseThrow().high(), 1e-12);
    assertEquals(0.5, open.precision().orElseThrow().low(), 1e-12);
    assertEquals(INPUTS, open.auc().orElseThrow().n());
    assertEquals(open, intervals(learner, truth), "the same seed");
  }

  private static ScoreIntervals intervals(final GraphLearner learner, final CausalGraph truth) {
    final var observed = learner.learn(ONE_EACH).scores(truth);
    return ScoreIntervals.of(
        learner, ONE_EACH, truth, observed, INPUTS, new Bootstrap(200, 0.95, 4));
  }

  /// A score that the graph does not have has no interval.
  @Test
  void noEdgesHaveNoPrecision() {
    final double[][] none = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    final var found = intervals(learner(none, none), graph(4, "01"));
    assertTrue(found.precision().isEmpty());
    assertEquals(new Interval(0, 0, 0, INPUTS), found.recall().orElseThrow());
    assertEquals(new Interval(1, 1, 1, INPUTS), found.shd());
  }

  @Test
  void nonsenseIsRefused() {
    final Interchanges none = (_, _, _) -> constant(new double[4]);
    for (final double[] rule : new double[][] {{-0.1, 0.05}, {Double.NaN, 0.05}, {0, 0}, {0, 1}}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new GraphLearner(
                  4,
                  List.of(0),
                  none,
                  rule[0],
                  rule[1],
                  new SignFlipTest(9, 1),
                  new Bootstrap(9, 0.95, 1)));
    }
  }
}
