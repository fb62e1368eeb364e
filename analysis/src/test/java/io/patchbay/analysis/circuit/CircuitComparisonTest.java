package io.patchbay.analysis.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What factors' circuits share, beside circuits on random units.
class CircuitComparisonTest {
  private static final int DRAWS = 2000;

  /// Edges from units of one site to units of the next, two unit numbers each.
  private static FactorCircuit circuit(final String factor, final int... ends) {
    final var nodes = new ArrayList<CircuitNode>();
    final var edges = new ArrayList<CircuitEdge>();
    for (int i = 0; i < ends.length; i += 2) {
      edges.add(new CircuitEdge(place(nodes, 0, ends[i]), place(nodes, 1, ends[i + 1]), -0.5));
    }
    return new FactorCircuit(factor, new CircuitGraph(nodes, edges), new TreeMap<>());
  }

  private static int place(final List<CircuitNode> nodes, final int layer, final int unit) {
    final var node = new CircuitNode("site." + layer, Integer.toString(unit), layer);
    if (!nodes.contains(node)) {
      nodes.add(node);
    }
    return nodes.indexOf(node);
  }

  private static CircuitComparison compare(
      final Map<String, Integer> units, final FactorCircuit... circuits) {
    return CircuitComparison.of(List.of(circuits), units, DRAWS, 1).orElseThrow();
  }

  @Test
  void jaccardByHand() {
    final var units = Map.of("site.0", 10, "site.1", 10);
    final var found =
        compare(
            units,
            circuit("a", 0, 0, 0, 1, 1, 0),
            circuit("b", 5, 0, 1, 0, 1, 2),
            circuit("c", 7, 7));
    assertEquals(3, found.overlaps().size());
    final var ab = found.overlaps().getFirst();
    assertEquals("a", ab.first());
    assertEquals("b", ab.second());
    // a: 0 1 | 0 1, b: 1 5 | 0 2.
    assertEquals(2, ab.nodes().both());
    assertEquals(6, ab.nodes().either());
    assertEquals(1, ab.edges().both());
    assertEquals(5, ab.edges().either());
    assertEquals(0.2, ab.edges().jaccard().orElseThrow());
    final var bc = found.overlaps().getLast();
    assertEquals("b", bc.first());
    assertEquals(0, bc.nodes().both());
    assertEquals(1, bc.nodes().labels().orElseThrow().p());
  }

  /// k1 k2 / w units are expected at a site of w, and the chance of all k is 1 / (w over k).
  @Test
  void randomUnitsAreAsExpected() {
    final int[] same = {0, 0, 1, 1, 2, 2};
    final var found =
        compare(Map.of("site.0", 6, "site.1", 9), circuit("a", same), circuit("b", same));
    final var nodes = found.overlaps().getFirst().nodes();
    assertEquals(1, nodes.jaccard().orElseThrow());
    final double[] site0 = hypergeometric(3, 3, 6);
    final double[] site1 = hypergeometric(3, 3, 9);
    double mean = 0;
    for (int i = 0; i <= 3; i++) {
      for (int j = 0; j <= 3; j++) {
        mean += site0[i] * site1[j] * (i + j) / (12.0 - i - j);
      }
    }
    final var labels = nodes.labels().orElseThrow();
    assertEquals(mean, labels.mean(), 4 * labels.deviation() / Math.sqrt(DRAWS));
    final double chance = site0[3] * site1[3];
    assertTrue(labels.p() < chance + 4 * Math.sqrt(chance / DRAWS) + 1.0 / DRAWS, "" + labels);
    assertTrue(labels.p() < 0.005, labels::toString);
  }

  /// The chance of 0, 1, ... of k1 units among k2 random ones of w.
  private static double[] hypergeometric(final int k1, final int k2, final int w) {
    return IntStream.rangeClosed(0, Math.min(k1, k2))
        .mapToDouble(i -> choose(k1, i) * choose(w - k1, k2 - i) / choose(w, k2))
        .toArray();
  }

  private static double choose(final int n, final int k) {
    double result = k < 0 || k > n ? 0 : 1;
    for (int i = 1; i <= k && result > 0; i++) {
      result = result * (n - k + i) / i;
    }
    return result;
  }

  @Test
  void withoutTheSitesSizeNothingIsSurprising() {
    final int[] same = {0, 0, 1, 1, 2, 2};
    final var found = compare(Map.of(), circuit("a", same), circuit("b", same));
    final var labels = found.overlaps().getFirst().nodes().labels().orElseThrow();
    assertTrue(labels.fixed(), labels::toString);
    assertEquals(1, labels.p());
  }

  @Test
  void aSharedHubIsFound() {
    // Unit 3 of the second site takes ten edges in each circuit, and nothing else is shared.
    final int[] a = IntStream.range(0, 10).flatMap(i -> IntStream.of(i, 3)).toArray();
    final int[] b = IntStream.range(10, 20).flatMap(i -> IntStream.of(i, 3)).toArray();
    final var found =
        compare(Map.of("site.0", 100, "site.1", 50), circuit("a", a), circuit("b", b));
    final var hubs = found.hubs();
    assertEquals(List.of(new CircuitNode("site.1", "3", 1)), hubs.nodes());
    assertEquals(2, hubs.leastDegree());
    // Both circuits' hub has 50 units to fall on.
    assertTrue(hubs.labels().p() < 0.05, hubs::toString);
    final var apart =
        compare(
            Map.of("site.0", 100, "site.1", 50),
            circuit("a", a),
            circuit("b", IntStream.range(10, 20).flatMap(i -> IntStream.of(i, 4)).toArray()));
    assertEquals(List.of(), apart.hubs().nodes());
    assertEquals(1, apart.hubs().labels().p());
  }

  @Test
  void theOnlyUnitOfASiteIsNoHub() {
    final int[] a = IntStream.range(0, 10).flatMap(i -> IntStream.of(i, 0)).toArray();
    final var found = compare(Map.of("site.0", 100, "site.1", 1), circuit("a", a), circuit("b", a));
    assertTrue(
        found.hubs().nodes().stream().noneMatch(n -> n.site().equals("site.1")),
        found.hubs()::toString);
  }

  @Test
  void independentCircuitsOverlapAtTheNominalRate() {
    final var random = new Random(3);
    final var units = Map.of("site.0", 30, "site.1", 30);
    int nodes = 0;
    int edges = 0;
    for (int trial = 0; trial < 300; trial++) {
      final var found =
          CircuitComparison.of(List.of(drawn("a", random), drawn("b", random)), units, 99, trial)
              .orElseThrow();
      final var overlap = found.overlaps().getFirst();
      nodes += overlap.nodes().labels().orElseThrow().p() <= 0.05 ? 1 : 0;
      edges += overlap.edges().labels().orElseThrow().p() <= 0.05 ? 1 : 0;
    }
    // 5 % of 300 is 15, its standard deviation 3.8.
    final var significant = "nodes=" + nodes + ", edges=" + edges;
    assertTrue(nodes >= 1 && nodes <= 26 && edges <= 26, significant);
  }

  private static FactorCircuit drawn(final String factor, final Random random) {
    final int[] ends = new int[40];
    for (int i = 0; i < ends.length; i += 2) {
      ends[i] = random.nextInt(30);
      ends[i + 1] = random.nextInt(30);
    }
    final var edges = new ArrayList<int[]>();
    for (int i = 0; i < ends.length; i += 2) {
      final int[] edge = {ends[i], ends[i + 1]};
      if (edges.stream().noneMatch(e -> e[0] == edge[0] && e[1] == edge[1])) {
        edges.add(edge);
      }
    }
    return circuit(factor, edges.stream().flatMapToInt(IntStream::of).toArray());
  }

  @Test
  void theUnionAddsSizes() {
    final var union =
        CircuitUnion.of(
            List.of(circuit("a", 0, 0, 1, 1).graph(), circuit("b", 1, 1, 1, 0, 2, 0).graph()));
    assertEquals(5, union.nodes().size());
    assertEquals(4, union.edges().size());
    for (final var edge : union.edges()) {
      final var ends = union.nodes().get(edge.from()).unit() + union.nodes().get(edge.to()).unit();
      assertEquals(ends.equals("11") ? 1 : 0.5, edge.weight(), ends);
    }
    final var elsewhere = new CircuitGraph(List.of(new CircuitNode("site.0", "0", 5)), List.of());
    assertThrows(
        IllegalArgumentException.class,
        () -> CircuitUnion.of(List.of(circuit("a", 0, 0).graph(), elsewhere)));
  }

  @Test
  void oneCircuitHasNothingToShare() {
    assertTrue(CircuitComparison.of(List.of(circuit("a", 0, 0)), Map.of(), 19, 1).isEmpty());
  }

  @Test
  void moreUnitsThanTheSiteHasAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> compare(Map.of("site.0", 1), circuit("a", 0, 0), circuit("b", 1, 0)));
  }
}
