package io.patchbay.analysis.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Counts beside random graphs.
class MotifCensusTest {
  private static final int DRAWS = 1000;

  private static MotifCensus.Row row(final MotifCensus census, final Motif motif) {
    return census.rows().stream().filter(r -> r.motif() == motif).findFirst().orElseThrow();
  }

  private static NullComparison degrees(final MotifCensus census, final Motif motif) {
    return row(census, motif).degrees().orElseThrow();
  }

  private static NullComparison density(final MotifCensus census, final Motif motif) {
    return row(census, motif).density().orElseThrow();
  }

  @Test
  void underTwentyEdgesIsTooSmall() {
    final var nodes = Layered.nodes(5, 5);
    final var edges = new ArrayList<CircuitEdge>();
    for (int i = 0; i < 19; i++) {
      edges.add(new CircuitEdge(i / 5, 5 + i % 5, 1));
    }
    final var small = MotifCensus.of(new CircuitGraph(nodes, edges), DRAWS, 1);
    assertTrue(small.tooSmall());
    assertEquals(19, small.edges());
    assertTrue(small.swapsPerEdge().isEmpty());
    for (final var row : small.rows()) {
      assertTrue(row.degrees().isEmpty() && row.density().isEmpty());
    }
    assertEquals(3 * 10 + 6, row(small, Motif.FAN_OUT).count());
    edges.add(new CircuitEdge(3, 9, 1));
    edges.remove(0);
    edges.add(new CircuitEdge(4, 9, 1));
    assertFalse(MotifCensus.of(new CircuitGraph(nodes, edges), 19, 1).tooSmall());
  }

  @Test
  void plantedParallelPathsAreFound() {
    final var census = MotifCensus.of(Layered.blocks(3, 4, 3), DRAWS, 2);
    final var parallel = degrees(census, Motif.PARALLEL);
    assertEquals(4 * 9 * 3, parallel.observed());
    assertEquals(1.0 / (DRAWS + 1), parallel.p());
    assertEquals(1, parallel.pFewer());
    assertTrue(parallel.z().orElseThrow() > 5, parallel::toString);
    assertFalse(parallel.fixed());
    assertTrue(census.swapsPerEdge().orElseThrow() >= 10, census::toString);
    // Nine of twelve paths from a node, three ends each: by chance few meet.
    assertTrue(parallel.mean() < 60, parallel::toString);
  }

  @Test
  void plantedHubsAreFoundWhereDegreesAreNotKept() {
    final var nodes = Layered.nodes(12, 12, 12);
    final var edges = new ArrayList<CircuitEdge>();
    for (int i = 0; i < 12; i++) {
      edges.add(new CircuitEdge(i, 12 + i % 2, 1));
      edges.add(new CircuitEdge(12 + i % 2, 24 + i, 1));
    }
    final var census = MotifCensus.of(new CircuitGraph(nodes, edges), DRAWS, 3);
    for (final var motif : List.of(Motif.CHAIN, Motif.FAN_IN, Motif.FAN_OUT)) {
      assertEquals(1.0 / (DRAWS + 1), density(census, motif).p());
      assertTrue(density(census, motif).z().orElseThrow() > 5, motif::toString);
    }
    assertEquals(2 * 36, density(census, Motif.CHAIN).observed());
  }

  /// In a layered graph these four follow from the degrees: the comparison says so.
  @Test
  void degreesDecideAllButParallelPaths() {
    final var random = new Random(4);
    int bottlenecks = 0;
    for (int trial = 0; trial < 20; trial++) {
      final var graph =
          trial % 2 == 0
              ? Layered.random(random, 0.6, false, 4, 5, 4)
              : Layered.random(random, 0.9, true, 6, 4, 1, 4, 6);
      final var census = MotifCensus.of(graph, 50, trial);
      for (final var motif : Motif.values()) {
        if (motif != Motif.PARALLEL) {
          final var comparison = degrees(census, motif);
          assertTrue(comparison.fixed(), comparison::toString);
          assertTrue(comparison.z().isEmpty());
          assertEquals(1, comparison.p());
        }
      }
      bottlenecks += (int) degrees(census, Motif.BOTTLENECK).observed();
    }
    assertTrue(bottlenecks > 0, "no graph had a bottleneck");
  }

  @Test
  void randomGraphsAreSignificantAtMostAtTheNominalRate() {
    final var random = new Random(5);
    final int trials = 400;
    final var hits = new TreeMap<String, Integer>();
    for (int trial = 0; trial < trials; trial++) {
      final var nodes = Layered.nodes(7, 7, 7);
      final var edges = new ArrayList<CircuitEdge>();
      for (int layer = 0; layer < 2; layer++) {
        final var cells = new ArrayList<Integer>();
        for (int cell = 0; cell < 49; cell++) {
          cells.add(cell);
        }
        Collections.shuffle(cells, random);
        for (final int cell : cells.subList(0, 16)) {
          edges.add(new CircuitEdge(7 * layer + cell / 7, 7 * layer + 7 + cell % 7, 1));
        }
      }
      final var census = MotifCensus.of(new CircuitGraph(nodes, edges), 99, trial);
      for (final var motif : Motif.values()) {
        count(hits, motif.label(), density(census, motif).p());
      }
      final var parallel = degrees(census, Motif.PARALLEL);
      count(hits, "more", parallel.p());
      count(hits, "fewer", parallel.pFewer());
    }
    // 5 % of 400 is 20, its standard deviation 4.4.
    hits.forEach(
        (name, n) -> assertTrue(n <= 20 + 3 * 4.4, () -> name + ": significant of 400: " + hits));
    // And the test is not merely cautious where counts differ enough.
    assertEquals(Motif.values().length + 2, hits.size());
    assertTrue(
        hits.getOrDefault("more", 0) >= 5 && hits.getOrDefault("fewer", 0) >= 5, hits::toString);
  }

  private static void count(final Map<String, Integer> hits, final String name, final double p) {
    hits.merge(name, p <= 0.05 ? 1 : 0, Integer::sum);
  }

  @Test
  void aSeedRepeats() {
    final var graph = Layered.random(new Random(6), 0.3, true, 8, 8, 8);
    assertEquals(MotifCensus.of(graph, 50, 7), MotifCensus.of(graph, 50, 7));
    assertNotEquals(
        degrees(MotifCensus.of(graph, 50, 7), Motif.PARALLEL),
        degrees(MotifCensus.of(graph, 50, 8), Motif.PARALLEL));
  }

  @Test
  void comparisonsByHand() {
    final double[] draws = new double[19];
    for (int i = 0; i < 19; i++) {
      draws[i] = i;
    }
    final var comparison = NullComparison.of(18, draws);
    assertEquals(2 / 20.0, comparison.p());
    assertEquals(1, comparison.pFewer());
    assertEquals(9, comparison.mean());
    assertEquals(9 / Math.sqrt(570.0 / 18), comparison.z().orElseThrow(), 1e-12);
    assertEquals(1 / 20.0, NullComparison.of(19, draws).p());
    final var never = NullComparison.of(1, new double[19]);
    assertEquals(1 / 20.0, never.p());
    assertFalse(never.fixed());
    assertTrue(never.z().isEmpty());
    assertThrows(IllegalArgumentException.class, () -> NullComparison.of(1, new double[18]));
  }
}
