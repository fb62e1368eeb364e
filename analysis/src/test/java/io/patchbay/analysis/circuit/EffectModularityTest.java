package io.patchbay.analysis.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Newman's modularity on graphs whose answer is known.
class EffectModularityTest {
  private static final double EXACT = 1e-12;

  /// One node per layer, so that every pair can have an edge.
  private static List<CircuitNode> ladder(final int nodes) {
    final int[] widths = new int[nodes];
    Arrays.fill(widths, 1);
    return Layered.nodes(widths);
  }

  /// Cliques of `size` nodes with edges of weight 1 and -1, and edges of weight `between` from each
  /// node to those of other cliques, or from the last of one to the first of the next.
  private static CircuitGraph cliques(
      final int count, final int size, final double between, final boolean everywhere) {
    final var edges = new ArrayList<CircuitEdge>();
    for (int a = 0; a < count * size; a++) {
      for (int b = a + 1; b < count * size; b++) {
        if (a / size == b / size) {
          edges.add(new CircuitEdge(a, b, (a + b) % 2 == 0 ? 1 : -1));
        } else if (everywhere || (b == a + 1)) {
          edges.add(new CircuitEdge(a, b, between));
        }
      }
    }
    return new CircuitGraph(ladder(count * size), edges);
  }

  private static Set<Set<String>> names(final EffectModularity modularity) {
    return modularity.communities().stream()
        .map(c -> c.stream().map(CircuitNode::name).collect(Collectors.toSet()))
        .collect(Collectors.toSet());
  }

  private static Set<Set<String>> blocks(final int count, final int size) {
    final var blocks = new HashSet<Set<String>>();
    for (int c = 0; c < count; c++) {
      final var block = new HashSet<String>();
      for (int i = 0; i < size; i++) {
        block.add("site." + (c * size + i) + "/0");
      }
      blocks.add(block);
    }
    return blocks;
  }

  @Test
  void twoCliquesAndABridge() {
    // 13 edges, 6 inside each: 2 (6/13 - (13/26)^2).
    final var found = EffectModularity.of(cliques(2, 4, 1, false), 19, 1).orElseThrow();
    assertEquals(12 / 13.0 - 0.5, found.q(), EXACT);
    assertEquals(blocks(2, 4), names(found));
    assertTrue(found.degrees().isEmpty(), "13 edges are too few");
  }

  @Test
  void apartCliquesReachTheirBound() {
    final var found = EffectModularity.of(cliques(4, 4, 0, true), 19, 1).orElseThrow();
    assertEquals(1 - 1 / 4.0, found.q(), EXACT);
    assertEquals(blocks(4, 4), names(found));
  }

  @Test
  void effectsCountNotEdges() {
    // Every pair of nodes has an edge: only their sizes tell the two cliques apart.
    final var found = EffectModularity.of(cliques(2, 5, 0.01, true), 99, 1).orElseThrow();
    final double whole = 20 + 0.25;
    assertEquals(20 / whole - 0.5, found.q(), EXACT);
    assertEquals(blocks(2, 5), names(found));
  }

  @Test
  void aGraphWithoutEffectsIsUndefined() {
    assertTrue(EffectModularity.of(new CircuitGraph(ladder(3), List.of()), 19, 1).isEmpty());
    final var zero = List.of(new CircuitEdge(0, 1, 0));
    assertTrue(EffectModularity.of(new CircuitGraph(ladder(3), zero), 19, 1).isEmpty());
  }

  /// Every partition of small graphs is tried.
  @Test
  void noPartitionIsBetter() {
    final var random = new Random(2);
    for (int trial = 0; trial < 150; trial++) {
      final int nodes = 4 + trial % 5;
      final var all = new ArrayList<CircuitEdge>();
      for (int a = 0; a < nodes; a++) {
        for (int b = a + 1; b < nodes; b++) {
          if (random.nextDouble() < 0.5) {
            all.add(new CircuitEdge(a, b, random.nextGaussian()));
          }
        }
      }
      if (all.isEmpty()) {
        continue;
      }
      final var graph = new CircuitGraph(ladder(nodes), all);
      final double found = EffectModularity.of(graph, 19, trial).orElseThrow().q();
      assertEquals(best(graph, new int[nodes], 0, 0), found, EXACT, graph::toString);
    }
  }

  private static double best(
      final CircuitGraph graph, final int[] community, final int node, final int used) {
    if (node == community.length) {
      return definition(graph, community);
    }
    double best = Double.NEGATIVE_INFINITY;
    for (int c = 0; c <= used; c++) {
      community[node] = c;
      best = Math.max(best, best(graph, community, node + 1, Math.max(used, c + 1)));
    }
    return best;
  }

  /// Q = sum over ordered pairs of (A_ij - k_i k_j / 2m) / 2m within communities.
  private static double definition(final CircuitGraph graph, final int[] community) {
    final int n = community.length;
    final double[][] a = new double[n][n];
    final double[] k = new double[n];
    double twice = 0;
    for (final var edge : graph.edges()) {
      final double size = Math.abs(edge.weight());
      a[edge.from()][edge.to()] += size;
      a[edge.to()][edge.from()] += size;
      k[edge.from()] += size;
      k[edge.to()] += size;
      twice += 2 * size;
    }
    double q = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        q += community[i] == community[j] ? (a[i][j] - k[i] * k[j] / twice) / twice : 0;
      }
    }
    return q;
  }

  /// The search's own figure is the one that JGraphT measures.
  @Test
  void bothMeasuresAgree() {
    final var random = new Random(3);
    for (int trial = 0; trial < 20; trial++) {
      final var graph = Layered.random(random, 0.2, true, 10, 10, 10);
      final var w = Wiring.of(graph);
      final var links = Communities.of(w.nodes(), w.from(), w.to(), w.sizes());
      final double own =
          links.modularity(links.best(new PhiloxRandom(trial, Streams.GRAPHS, 3, 0)));
      assertEquals(own, EffectModularity.of(graph, 19, trial).orElseThrow().q(), EXACT);
    }
  }

  @Test
  void plantedCommunitiesAreBeyondRandomGraphs() {
    final var found = EffectModularity.of(Layered.blocks(3, 4, 3), 199, 4).orElseThrow();
    assertEquals(1 - 1 / 4.0, found.q(), EXACT);
    final var beside = found.degrees().orElseThrow();
    assertEquals(1 / 200.0, beside.p());
    assertTrue(beside.mean() > 0.2 && beside.mean() < 0.6, beside::toString);
  }

  @Test
  void randomGraphsAreSignificantAtMostAtTheNominalRate() {
    final var random = new Random(5);
    int hits = 0;
    for (int trial = 0; trial < 200; trial++) {
      final var graph = Layered.random(random, 0.3, true, 7, 7, 7);
      final var found = EffectModularity.of(graph, 39, trial).orElseThrow();
      hits += found.degrees().filter(d -> d.p() <= 0.05).isPresent() ? 1 : 0;
    }
    // 5 % of 200 is 10, its standard deviation 3.1.
    final int significant = hits;
    assertTrue(hits >= 1 && hits <= 19, () -> "significant of 200: " + significant);
  }
}
