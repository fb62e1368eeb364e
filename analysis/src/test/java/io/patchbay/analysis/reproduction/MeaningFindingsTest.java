package io.patchbay.analysis.reproduction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.ModelMeaning;
import io.patchbay.vae.train.Variant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What becomes of the findings about circuits and graphs where the figures are known.
class MeaningFindingsTest {
  private static Map<String, Interval> circuit(
      final int edges, final Interval faithfulness, final Interval completeness) {
    return Map.of(
        Measure.CIRCUIT_EDGES,
        Interval.unbounded(edges, 16),
        Measure.ALL_EDGES,
        Interval.unbounded(1000, 16),
        Measure.FAITHFULNESS,
        faithfulness,
        Measure.COMPLETENESS,
        completeness);
  }

  private static Interval around(final double value, final double half) {
    return new Interval(value, value - half, value + half, 16);
  }

  private static Finding circuits(final Map<String, Interval> figures) {
    return new HandMade()
        .with(
            Variant.VAE,
            1,
            circuit(40, around(0.9, 0.1), around(0, 0.1)),
            Map.of(RunFigures.FACTOR, "posX"))
        .with(Variant.BETA_VAE, 1, figures, Map.of(RunFigures.FACTOR, "posY"))
        .finding("circuits");
  }

  @Test
  void circuitsThatAreSmallFaithfulAndCompleteAreIsolated() {
    final var held = circuits(circuit(250, around(0.7, 0.15), around(0.1, 0.1)));
    assertEquals(Status.HELD, held.status(), held::sentence);
    assertEquals(1, held.seedsHeld());
    assertEquals(1, held.seeds());
    assertTrue(held.reason().contains("vae-1: 40 of 1000 edges for posX"), held::reason);
    assertTrue(held.reason().contains("beta-vae-1: 250 of 1000 edges for posY"), held::reason);
  }

  @Test
  void oneCircuitThatIsClearlyNoneIsEnoughAgainstThem() {
    final var unfaithful = circuits(circuit(40, around(0.3, 0.1), around(0, 0.1)));
    assertEquals(Status.NOT_HELD, unfaithful.status(), unfaithful::sentence);
    assertEquals(0, unfaithful.seedsHeld());
    final var incomplete = circuits(circuit(40, around(0.9, 0.1), around(0.5, 0.2)));
    assertEquals(Status.NOT_HELD, incomplete.status(), incomplete::sentence);
    final var against = circuits(circuit(40, around(0.9, 0.1), around(-0.5, 0.2)));
    assertEquals(Status.NOT_HELD, against.status(), against::sentence);
    final var everything = circuits(circuit(251, around(0.9, 0.1), around(0, 0.1)));
    assertEquals(Status.NOT_HELD, everything.status(), everything::sentence);
  }

  @Test
  void aBoundWithinTheIntervalDecidesNothing() {
    final var doubtful = circuits(circuit(40, around(0.6, 0.2), around(0, 0.1)));
    assertEquals(Status.UNDECIDED, doubtful.status(), doubtful::sentence);
    final var leaking = circuits(circuit(40, around(0.9, 0.1), around(0.2, 0.1)));
    assertEquals(Status.UNDECIDED, leaking.status(), leaking::sentence);
    final var one = circuits(circuit(40, Interval.unbounded(0.9, 1), around(0, 0.1)));
    assertEquals(Status.UNDECIDED, one.status(), one::sentence);
  }

  @Test
  void aRunWithoutACircuitSaysWhy() {
    final var none =
        new HandMade()
            .with(Variant.VAE, 1, Map.of(), Map.of(ModelMeaning.CIRCUIT, "weak probes"))
            .finding("circuits");
    assertEquals(Status.NOT_TESTED, none.status());
    assertEquals("vae-1: weak probes", none.reason());
    final var some =
        new HandMade()
            .with(Variant.VAE, 1, circuit(40, around(0.9, 0.1), around(0, 0.1)), Map.of())
            .with(Variant.BETA_VAE, 1, Map.of(), Map.of(ModelMeaning.CIRCUIT, "weak probes"))
            .finding("circuits");
    assertEquals(Status.HELD, some.status(), some::sentence);
    assertTrue(some.reason().endsWith("beta-vae-1: weak probes"), some::reason);
  }

  private static Finding graphs(final double... p) {
    final var made = new HandMade();
    for (int i = 0; i < p.length; i++) {
      final var figures = new HashMap<String, Interval>();
      figures.put(Measure.DISTANCE, Interval.unbounded(2, 100));
      figures.put(Measure.DISTANCE_P, Interval.unbounded(p[i], 100));
      made.with(Variant.VAE, i + 1, figures, Map.of());
    }
    return made.finding("causal_graph");
  }

  @Test
  void graphsAreNearerThanChanceOnMostRunsOrNone() {
    final var held = graphs(0.025, 0.05, 0.3);
    assertEquals(Status.HELD, held.status(), held::sentence);
    assertEquals(2, held.seedsHeld());
    assertEquals(3, held.seeds());
    assertEquals(Status.NOT_HELD, graphs(0.3, 0.06, 1).status());
    // Half is not most.
    assertEquals(Status.UNDECIDED, graphs(0.025, 0.3).status());
  }

  @Test
  void dataWithoutMechanismsHaveNoGraphToTest() {
    final var none = new HandMade().with(Variant.VAE, Measure.STRENGTH, 1).finding("causal_graph");
    assertEquals(Status.NOT_TESTED, none.status());
    assertTrue(none.reason().contains("sprites"), none::reason);
    final var unread =
        new HandMade()
            .with(Variant.VAE, 1, Map.of(), Map.of(ModelMeaning.GRAPH, "nothing is read"))
            .finding("causal_graph");
    assertEquals(Status.NOT_TESTED, unread.status());
    assertEquals("vae-1: nothing is read", unread.reason());
  }

  @Test
  void runsWithoutControlsCountForNothing() {
    final var three = new HandMade();
    for (int seed = 1; seed <= 3; seed++) {
      three.with(
          Variant.VAE, seed, Map.of(Measure.DISTANCE_P, Interval.unbounded(0.025, 100)), Map.of());
    }
    assertEquals(3, three.finding("causal_graph").seeds());
    final var finding = three.blind(Variant.VAE, 2).finding("causal_graph");
    assertEquals(2, finding.seeds());
    final var text =
        new Reproduced(HandMade.plan(), Map.of(), Map.of(), 5, three.evidence()).text();
    assertTrue(text.contains("left out of the findings: vae-2, which"), text);
  }
}
