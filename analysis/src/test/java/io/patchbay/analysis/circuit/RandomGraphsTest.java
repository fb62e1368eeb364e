package io.patchbay.analysis.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What random graphs keep, and that all that keep it are equally likely.
class RandomGraphsTest {
  private static final int DRAWS = 12_000;

  /// Degrees of each node towards each layer: `node > layer` and `node < layer`.
  private static Map<String, Integer> degrees(final Wiring w, final int[] from, final int[] to) {
    final var degrees = new TreeMap<String, Integer>();
    for (int e = 0; e < from.length; e++) {
      degrees.merge(from[e] + ">" + w.layers()[to[e]], 1, Integer::sum);
      degrees.merge(to[e] + "<" + w.layers()[from[e]], 1, Integer::sum);
    }
    return degrees;
  }

  private static Set<List<Integer>> edges(final int[] from, final int[] to) {
    final var edges = new HashSet<List<Integer>>();
    for (int e = 0; e < from.length; e++) {
      assertTrue(edges.add(List.of(from[e], to[e])), "twice: " + from[e] + " -> " + to[e]);
    }
    return edges;
  }

  @Test
  void swapsKeepDegreesAndLayers() {
    final var random = new Random(2);
    for (int trial = 0; trial < 60; trial++) {
      final var wiring =
          Wiring.of(Layered.random(random, 0.1 + 0.8 * random.nextDouble(), false, 4, 6, 3, 5));
      final var swaps = new EdgeSwaps(wiring, trial);
      final var degrees = degrees(wiring, wiring.from(), wiring.to());
      for (int draw = 0; draw < 5; draw++) {
        final int[] to = swaps.draw(draw).to();
        edges(wiring.from(), to);
        assertEquals(degrees, degrees(wiring, wiring.from(), to));
      }
    }
  }

  @Test
  void everyGraphHasTenSwapsPerEdge() {
    final var wiring = Wiring.of(Layered.random(new Random(3), 0.2, true, 20, 20, 20));
    final var swaps = new EdgeSwaps(wiring, 4);
    for (int draw = 0; draw < 100; draw++) {
      final long made = swaps.draw(draw).swaps();
      assertTrue(
          made >= (long) EdgeSwaps.SWAPS_PER_EDGE * wiring.edges(),
          () -> "swaps=" + made + ", edges=" + wiring.edges());
    }
  }

  /// All graphs between two layers with these degrees are drawn, and equally often.
  @Test
  void swapsReachEveryGraphEquallyOften() {
    final var wiring =
        Wiring.of(Layered.of(Layered.nodes(4, 4), 0, 4, 0, 5, 1, 4, 1, 6, 2, 5, 2, 7, 3, 6, 3, 4));
    final var degrees = degrees(wiring, wiring.from(), wiring.to());
    int possible = 0;
    for (int cells = 0; cells < 1 << 16; cells++) {
      if (Integer.bitCount(cells) == wiring.edges()) {
        final int[] from = new int[wiring.edges()];
        final int[] to = new int[wiring.edges()];
        int e = 0;
        for (int cell = 0; cell < 16; cell++) {
          if ((cells >>> cell & 1) != 0) {
            from[e] = cell / 4;
            to[e++] = 4 + cell % 4;
          }
        }
        possible += degrees(wiring, from, to).equals(degrees) ? 1 : 0;
      }
    }
    final var swaps = new EdgeSwaps(wiring, 5);
    final var times = new HashMap<Set<List<Integer>>, Integer>();
    for (int draw = 0; draw < DRAWS; draw++) {
      times.merge(edges(wiring.from(), swaps.draw(draw).to()), 1, Integer::sum);
    }
    assertTrue(possible > 30, "possible=" + possible);
    assertEquals(possible, times.size());
    assertUniform(times, DRAWS);
  }

  /// Pearson's chi-square against its mean plus four standard deviations.
  private static void assertUniform(final Map<Set<List<Integer>>, Integer> times, final int draws) {
    final double expected = (double) draws / times.size();
    final double chi =
        times.values().stream().mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
    final double freedom = times.size() - 1.0;
    final double most = freedom + 4 * Math.sqrt(2 * freedom);
    assertTrue(chi < most, () -> "chi-square=" + chi + ", most=" + most + ", " + times.values());
  }

  @Test
  void placementsKeepTheEdgesOfEachPairOfLayers() {
    final var wiring = Wiring.of(Layered.random(new Random(6), 0.4, false, 3, 5, 4));
    final var placements = new EdgePlacements(wiring, 7);
    final var degrees = new HashSet<Map<String, Integer>>();
    for (int draw = 0; draw < 50; draw++) {
      final var placed = placements.draw(draw);
      edges(placed.from(), placed.to());
      for (int e = 0; e < wiring.edges(); e++) {
        assertEquals(wiring.layers()[wiring.from()[e]], wiring.layers()[placed.from()[e]]);
        assertEquals(wiring.layers()[wiring.to()[e]], wiring.layers()[placed.to()[e]]);
      }
      degrees.add(degrees(wiring, placed.from(), placed.to()));
    }
    assertTrue(degrees.size() > 45, "degrees are not kept: " + degrees.size());
  }

  @Test
  void placementsReachEveryGraphEquallyOften() {
    final var wiring = Wiring.of(Layered.of(Layered.nodes(2, 4), 0, 2, 0, 3, 1, 4));
    final var placements = new EdgePlacements(wiring, 8);
    final var times = new HashMap<Set<List<Integer>>, Integer>();
    for (int draw = 0; draw < DRAWS; draw++) {
      final var placed = placements.draw(draw);
      times.merge(edges(placed.from(), placed.to()), 1, Integer::sum);
    }
    assertEquals(8 * 7 * 6 / 6, times.size());
    assertUniform(times, DRAWS);
  }

  @Test
  void whatCannotBeSwappedStays() {
    // Complete between two layers, and a single edge.
    final var graph = Layered.of(Layered.nodes(2, 3, 1), 0, 2, 0, 3, 0, 4, 1, 2, 1, 3, 1, 4, 2, 5);
    final var wiring = Wiring.of(graph);
    final var shuffled = new EdgeSwaps(wiring, 9).draw(0);
    assertEquals(0, shuffled.swaps());
    assertArrayEquals(wiring.to(), shuffled.to());
  }

  @Test
  void aSeedRepeatsAndAnotherDoesNot() {
    final var graph = Layered.random(new Random(10), 0.3, true, 8, 8, 8);
    final var backwards =
        new CircuitGraph(graph.nodes(), new ArrayList<>(graph.edges().reversed()));
    final int[] first = new EdgeSwaps(Wiring.of(graph), 11).draw(3).to();
    assertArrayEquals(first, new EdgeSwaps(Wiring.of(backwards), 11).draw(3).to());
    assertFalse(Arrays.equals(first, new EdgeSwaps(Wiring.of(graph), 12).draw(3).to()));
    assertFalse(Arrays.equals(first, new EdgeSwaps(Wiring.of(graph), 11).draw(4).to()));
  }
}
