package io.patchbay.analysis.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Motifs counted beside the definition, spelt out.
class MotifCountsTest {
  @Test
  void aDiamond() {
    final var graph = Layered.of(Layered.nodes(1, 2, 1), 0, 1, 0, 2, 1, 3, 2, 3);
    assertEquals(new MotifCounts(2, 1, 1, 1, 0), MotifCounts.of(graph));
  }

  @Test
  void anHourglass() {
    // Three into one into two, and a node without edges beside it.
    final var graph = Layered.of(Layered.nodes(3, 2, 2), 0, 3, 1, 3, 2, 3, 3, 5, 3, 6);
    assertEquals(new MotifCounts(6, 3, 1, 0, 1), MotifCounts.of(graph));
    // An edge past the middle layer: not every path goes through it.
    final var past = Layered.of(Layered.nodes(3, 2, 2), 0, 3, 1, 3, 2, 3, 3, 5, 3, 6, 0, 5);
    assertEquals(0, MotifCounts.of(past).bottleneck());
    // A second part with a path of its own.
    final var apart = Layered.of(Layered.nodes(3, 2, 2), 0, 3, 1, 3, 3, 5, 2, 4, 4, 6);
    assertEquals(0, MotifCounts.of(apart).bottleneck());
  }

  @Test
  void aPathIsAllBottlenecks() {
    final var graph = Layered.of(Layered.nodes(1, 1, 1, 1, 1), 0, 1, 1, 2, 2, 3, 3, 4);
    assertEquals(new MotifCounts(3, 0, 0, 0, 3), MotifCounts.of(graph));
  }

  @Test
  void nothingInAnEmptyGraph() {
    assertEquals(
        new MotifCounts(0, 0, 0, 0, 0), MotifCounts.of(new CircuitGraph(List.of(), List.of())));
  }

  @Test
  void bruteForceAgrees() {
    final var random = new Random(1);
    int bottlenecks = 0;
    long parallels = 0;
    for (int trial = 0; trial < 600; trial++) {
      final int layers = 2 + random.nextInt(4);
      final int[] widths = random.ints(layers, 1, 4).toArray();
      final var graph =
          Layered.random(random, 0.2 + 0.7 * random.nextDouble(), trial % 2 == 0, widths);
      final var counts = MotifCounts.of(shuffled(graph, random));
      assertEquals(new Definition(graph).counts(), counts, graph::toString);
      bottlenecks += counts.bottleneck() > 0 ? 1 : 0;
      parallels += counts.parallel() > 0 ? 1 : 0;
    }
    final var seen = "bottlenecks=" + bottlenecks + ", parallels=" + parallels;
    assertTrue(bottlenecks > 30 && bottlenecks < 500 && parallels > 100, seen);
  }

  /// The same graph with its nodes in another order.
  private static CircuitGraph shuffled(final CircuitGraph graph, final Random random) {
    final var order = new ArrayList<Integer>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    return new CircuitGraph(
        order.stream().map(graph.nodes()::get).toList(),
        graph.edges().stream()
            .map(e -> new CircuitEdge(order.indexOf(e.from()), order.indexOf(e.to()), e.weight()))
            .toList());
  }

  /// The definitions, word by word.
  private record Definition(CircuitGraph graph) {
    boolean edge(final int a, final int b) {
      return graph.edges().stream().anyMatch(e -> e.from() == a && e.to() == b);
    }

    MotifCounts counts() {
      final int n = graph.nodes().size();
      long chain = 0;
      long fanIn = 0;
      long fanOut = 0;
      long parallel = 0;
      for (int u = 0; u < n; u++) {
        for (int v = 0; v < n; v++) {
          for (int w = 0; w < n; w++) {
            chain += edge(u, v) && edge(v, w) ? 1 : 0;
            fanIn += u < v && edge(u, w) && edge(v, w) ? 1 : 0;
            fanOut += u < v && edge(w, u) && edge(w, v) ? 1 : 0;
            for (int x = 0; x < n && v < w; x++) {
              parallel += edge(u, v) && edge(v, x) && edge(u, w) && edge(w, x) ? 1 : 0;
            }
          }
        }
      }
      return new MotifCounts(chain, fanIn, fanOut, parallel, bottlenecks());
    }

    private long bottlenecks() {
      final int n = graph.nodes().size();
      final var onEvery = new BitSet(n);
      onEvery.set(0, n);
      boolean any = false;
      for (int s = 0; s < n; s++) {
        final int source = s;
        final boolean isSource =
            graph.edges().stream().noneMatch(e -> e.to() == source)
                && graph.edges().stream().anyMatch(e -> e.from() == source);
        if (isSource) {
          any = true;
          walk(List.of(s), onEvery);
        }
      }
      return any ? onEvery.cardinality() : 0;
    }

    /// Goes along every path to its end and keeps what is inside it.
    private void walk(final List<Integer> path, final BitSet onEvery) {
      boolean end = true;
      for (final var edge : graph.edges()) {
        if (edge.from() == path.getLast()) {
          end = false;
          final var longer = new ArrayList<>(path);
          longer.add(edge.to());
          walk(longer, onEvery);
        }
      }
      if (end) {
        final var inner = new BitSet();
        path.subList(1, path.size() - 1).forEach(inner::set);
        onEvery.and(inner);
      }
    }
  }
}
