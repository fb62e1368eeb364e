package io.patchbay.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class GraphTest {
  private static final Axis ROWS = new Axis("rows");

  private final Graph graph = new Graph();
  private final Node x = graph.site("input", graph.input("x", Shape.batched(ROWS, 4)));
  private final Node w = graph.state("w", Shape.of(3, 4));
  private final Node z = graph.site("latent.z", Ops.matMul(x, w, false, true));
  private final Node y = graph.site("output", Ops.sigmoid(z));

  private static Node at(final Graph g, final String site) {
    return Objects.requireNonNull(g.sites().get(site));
  }

  @Test
  void patchedReadsTheEditEverywhereDownstream() {
    final var copy =
        graph.patched(
            Map.of("latent.z", node -> Ops.add(node, node.graph().input("shift", node.shape()))));
    assertEquals(List.of("input", "latent.z", "output"), List.copyOf(copy.sites().keySet()));
    final var edited = at(copy, "latent.z");
    assertEquals(new Op.Binary(Op.BinaryKind.ADD), edited.op());
    assertSame(edited, at(copy, "output").input(0));
    assertEquals(z.op(), edited.input(0).op());
    assertEquals(Objects.requireNonNull(copy.states().get("w")), edited.input(0).input(1));
    assertEquals(graph.nodes().size() + 2, copy.nodes().size());
    assertSame(z, y.input(0), "the first graph is as it was");
  }

  @Test
  void patchedWithoutEditsIsTheSameComputation() {
    assertEquals(graph.toString(), graph.patched(Map.of()).toString());
  }

  @Test
  void patchedSeveralSitesSeesTheEarlierOnes() {
    final var copy = graph.patched(Map.of("input", node -> Ops.mul(node, 2), "latent.z", Ops::neg));
    final var edited = at(copy, "latent.z");
    assertEquals(new Op.Unary(Op.UnaryKind.NEG, 0), edited.op());
    assertSame(at(copy, "input"), edited.input(0).input(0));
    assertEquals(new Op.Binary(Op.BinaryKind.MUL), at(copy, "input").op());
  }

  @Test
  void twoSitesOfOneValueAreEditedOneAfterTheOther() {
    graph.site("latent.code", z);
    final var copy = graph.patched(Map.of("latent.z", Ops::neg, "latent.code", Ops::exp));
    final var last = at(copy, "latent.code");
    assertEquals(new Op.Unary(Op.UnaryKind.EXP, 0), last.op());
    assertSame(at(copy, "latent.z"), last.input(0));
    assertSame(last, at(copy, "output").input(0));
  }

  @Test
  void refusesUnknownSites() {
    final var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> graph.patched(Map.of("latent.q", Ops::neg)));
    assertTrue(String.valueOf(thrown.getMessage()).contains("latent.q"));
  }

  @Test
  void aSiteHasOneValueAndAStateOneShape() {
    assertThrows(IllegalArgumentException.class, () -> graph.site("output", z));
    assertThrows(IllegalArgumentException.class, () -> graph.state("w", Shape.of(4, 3)));
    assertThrows(IllegalArgumentException.class, () -> graph.state("b", Shape.batched(ROWS, 4)));
    assertSame(w, graph.state("w", Shape.of(3, 4)));
  }

  @Test
  void refusesNodesOfAnotherGraph() {
    final var other = new Graph().input("x", Shape.batched(ROWS, 4));
    assertThrows(
        IllegalArgumentException.class,
        () -> graph.append(new Op.Binary(Op.BinaryKind.ADD), x, other));
  }

  @Test
  void namesTheNearestSiteThatAValueComesFrom() {
    assertEquals("output", graph.siteOf(y));
    assertEquals("input", graph.siteOf(Ops.exp(x)), "it does not come from the later sites");
    assertEquals("latent.z", graph.siteOf(Ops.exp(Ops.mul(z, 2))));
    assertNull(graph.siteOf(w));
  }
}
