package io.patchbay.analysis.reproduction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.vae.train.Variant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What becomes of the findings about circuits and graphs where the figures are known.
class MeaningFindingsTest {
  private static Map<String, Interval> circuit(
      final double share, final Interval faithfulness, final Interval completeness) {
    return Map.of(
        Measure.CIRCUIT_SHARE,
        Interval.unbounded(share, 16),
        Measure.FAITHFULNESS,
        faithfulness,
        Measure.COMPLETENESS,
        completeness);
  }

  private static Interval around(final double value, final double half) {
    return new Interval(value, value - half, value + half, 16);
  }

  /// A VAE whose circuits are isolated, and a beta-VAE whose mean faithfulness over three seeds is
  /// this, with other figures alike on all.
  private static Finding circuits(
      final double share, final double[] faithfulness, final double completeness) {
    final var made = new HandMade();
    for (int s = 0; s < faithfulness.length; s++) {
      made.with(
          Variant.VAE,
          s + 1,
          circuit(0.04, around(0.9 + s * 0.01, 0.1), around(0, 0.1)),
          Map.of(CircuitStep.FACTORS, "posX"));
      made.with(
          Variant.BETA_VAE,
          s + 1,
          circuit(share, around(faithfulness[s], 0.1), around(completeness, 0.1)),
          Map.of(CircuitStep.FACTORS, "posY"));
    }
    return made.finding("circuits");
  }

  private static double[] of(final double... values) {
    return values;
  }

  @Test
  void circuitsThatAreFewFaithfulAndCompleteAreIsolated() {
    final var held = circuits(0.25, of(0.7, 0.75, 0.72), 0.1);
    assertEquals(Status.HELD, held.status(), held::sentence);
    assertEquals(3, held.seedsHeld());
    assertEquals(3, held.seeds());
    // Of 0.70, 0.75, 0.72: mean 0.7233, deviation 0.02517, half width 4.303 * 0.02517 / sqrt(3).
    assertTrue(held.reason().contains("beta-vae: 0.250 of the edges"), held::reason);
    assertTrue(held.reason().contains("faithfulness 0.723 [0.661, 0.786]"), held::reason);
    assertEquals(6, Json.tree(held.numbers()).path("runs").size());
  }

  @Test
  void oneModelWhoseCircuitsAreClearlyNoneIsEnoughAgainstThem() {
    final var unfaithful = circuits(0.04, of(0.3, 0.31, 0.29), 0);
    assertEquals(Status.NOT_HELD, unfaithful.status(), unfaithful::sentence);
    assertEquals(0, unfaithful.seedsHeld());
    assertEquals(Status.NOT_HELD, circuits(0.04, of(0.9, 0.91, 0.9), 0.8).status());
    assertEquals(Status.NOT_HELD, circuits(0.04, of(0.9, 0.91, 0.9), -0.8).status());
    assertEquals(Status.NOT_HELD, circuits(0.6, of(0.9, 0.91, 0.9), 0).status());
  }

  @Test
  void seedsThatDifferOrAreFewDecideNothing() {
    // The mean is 0.7, but over three seeds the interval is [0.45, 0.95].
    final var scattered = circuits(0.04, of(0.6, 0.7, 0.8), 0);
    assertEquals(Status.UNDECIDED, scattered.status(), scattered::sentence);
    // The first seed's own interval over pairs begins at one half.
    assertEquals(2, scattered.seedsHeld());
    final var one = circuits(0.04, of(0.9), 0);
    assertEquals(Status.UNDECIDED, one.status(), one::sentence);
    assertEquals(1, one.seedsHeld());
  }

  @Test
  void aRunWithoutACircuitSaysWhy() {
    final var none =
        new HandMade()
            .with(Variant.VAE, 1, Map.of(), Map.of(Step.CIRCUITS.id(), "weak probes"))
            .finding("circuits");
    assertEquals(Status.NOT_TESTED, none.status());
    assertEquals("vae-1: weak probes", none.reason());
    final var some = new HandMade();
    for (int s = 1; s <= 3; s++) {
      some.with(Variant.VAE, s, circuit(0.04, around(0.9, 0.1), around(0, 0.1)), Map.of());
    }
    final var finding =
        some.with(Variant.BETA_VAE, 1, Map.of(), Map.of(Step.CIRCUITS.id(), "weak probes"))
            .finding("circuits");
    assertEquals(Status.HELD, finding.status(), finding::sentence);
    assertTrue(finding.reason().endsWith("beta-vae-1: weak probes"), finding::reason);
  }

  /// Of a VAE, each seed with its distance, that by chance, and p.
  private static Finding graphs(final double[]... seeds) {
    final var made = new HandMade();
    for (int i = 0; i < seeds.length; i++) {
      final var figures = new HashMap<String, Interval>();
      figures.put(Measure.DISTANCE, Interval.unbounded(seeds[i][0], 100));
      figures.put(Measure.CHANCE, Interval.unbounded(seeds[i][1], 100));
      figures.put(Measure.DISTANCE_P, Interval.unbounded(seeds[i][2], 100));
      made.with(Variant.VAE, i + 1, figures, Map.of());
    }
    return made.finding("causal_graph");
  }

  @Test
  void graphsAreNearerThanChanceOverSeedsOrNot() {
    final var held = graphs(of(1, 3.1, 0.025), of(1, 3, 0.05), of(1, 2.8, 0.3));
    assertEquals(Status.HELD, held.status(), held::sentence);
    assertEquals(2, held.seedsHeld());
    assertEquals(3, held.seeds());
    assertEquals(2, held.numbers().get("better_than_chance"));
    final var farther = graphs(of(4, 3.1, 1), of(4, 3, 1), of(4, 2.8, 1));
    assertEquals(Status.NOT_HELD, farther.status(), farther::sentence);
    // As near as chance, which is no proof of anything.
    final var alike = graphs(of(3, 3.1, 0.6), of(3, 3, 0.6), of(3, 2.8, 0.6));
    assertEquals(Status.UNDECIDED, alike.status(), alike::sentence);
    assertEquals(0, alike.seedsHeld());
    assertEquals(Status.UNDECIDED, graphs(of(1, 3, 0.01)).status());
  }

  @Test
  void dataWithoutMechanismsHaveNoGraphToTest() {
    final var none = new HandMade().with(Variant.VAE, Measure.STRENGTH, 1).finding("causal_graph");
    assertEquals(Status.NOT_TESTED, none.status());
    assertTrue(none.reason().contains("sprites"), none::reason);
    final var unread =
        new HandMade()
            .with(Variant.VAE, 1, Map.of(), Map.of(Step.GRAPH.id(), "nothing is read"))
            .finding("causal_graph");
    assertEquals(Status.NOT_TESTED, unread.status());
    assertEquals("vae-1: nothing is read", unread.reason());
  }

  @Test
  void runsWithoutControlsCountForNothing() {
    final var three = new HandMade();
    for (int seed = 1; seed <= 3; seed++) {
      three.with(
          Variant.VAE,
          seed,
          Map.of(
              Measure.DISTANCE_P,
              Interval.unbounded(0.025, 100),
              Measure.DISTANCE,
              Interval.unbounded(1, 100),
              Measure.CHANCE,
              Interval.unbounded(3, 100)),
          Map.of());
    }
    assertEquals(3, three.finding("causal_graph").seeds());
    final var finding = three.blind(Variant.VAE, 2).finding("causal_graph");
    assertEquals(2, finding.seeds());
    final var text =
        new Reproduced(HandMade.plan(), Map.of(), Map.of(), 5, three.evidence(), List.of()).text();
    assertTrue(text.contains("left out of the findings: vae-2, which"), text);
  }
}
