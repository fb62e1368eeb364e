package io.patchbay.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PlanTest {
  private static final Axis ROWS = new Axis("rows");

  private final Graph graph = new Graph();
  private final Node x = graph.input("x", Shape.batched(ROWS, 4));
  private final Sizes sizes = Sizes.of(ROWS, 8);

  @Test
  void computesWhatTheOutputsNeedAndNothingElse() {
    final var a = Ops.exp(x);
    final var image = Ops.sigmoid(a);
    final var metric = Ops.sumRow(a);
    assertEquals(List.of(a, metric), Plan.of(graph, List.of(metric), sizes).order());
    assertEquals(List.of(a, image, metric), Plan.of(graph, List.of(metric, image), sizes).order());
  }

  @Test
  void givingAnInnerValueRemovesWhatComputesIt() {
    final var w = graph.state("w", Shape.of(4, 4));
    final var z = Ops.matMul(x, w, false, true);
    final var y = Ops.relu(z);
    final var plan = Plan.of(graph, List.of(z), List.of(y), sizes);
    assertEquals(List.of(z), plan.given());
    assertEquals(List.of(y), plan.order());
  }

  @Test
  void aGivenValueKeepsWhatOthersStillNeed() {
    final var z = Ops.exp(x);
    final var y = Ops.mul(z, x);
    final var plan = Plan.of(graph, List.of(z), List.of(y), sizes);
    assertEquals(List.of(z, x), plan.given());
    assertEquals(List.of(y), plan.order());
  }

  @Test
  void aGivenOutputIsNotComputed() {
    final var z = Ops.exp(x);
    final var plan = Plan.of(graph, List.of(z), List.of(z), sizes);
    assertEquals(List.of(z), plan.given());
    assertEquals(List.of(), plan.order());
  }

  @Test
  void everyStepFollowsItsInputs() {
    for (int seed = 0; seed < 50; seed++) {
      final var random = new SplittableRandom(seed);
      final var g = new Graph();
      final var nodes = new ArrayList<Node>();
      nodes.add(g.input("x", Shape.batched(ROWS, 3)));
      nodes.add(Ops.broadcast(g.state("s", Shape.of(3)), Shape.batched(ROWS, 3)));
      for (int i = 0; i < 40; i++) {
        final var a = nodes.get(random.nextInt(nodes.size()));
        final var b = nodes.get(random.nextInt(nodes.size()));
        nodes.add(random.nextBoolean() ? Ops.add(a, b) : Ops.tanh(a));
      }
      final var given = List.of(nodes.get(random.nextInt(nodes.size())));
      final var outputs = List.of(nodes.get(nodes.size() - 1), nodes.get(20));
      final var plan = Plan.of(g, given, outputs, sizes);
      final var known = new HashSet<>(plan.given());
      for (final var node : plan.order()) {
        assertTrue(!known.contains(node), () -> "computed though given: " + node);
        assertTrue(known.containsAll(node.inputs()), () -> "before its inputs: " + node);
        known.add(node);
      }
      assertTrue(known.containsAll(outputs));
    }
  }

  @Test
  void assignsAreOutputsAndKeepTheirOrder() {
    final var a = graph.state("a", Shape.of(2));
    final var b = graph.state("b", Shape.of(2));
    final var toA = Ops.assign(a, Ops.add(b, 1));
    final var toB = Ops.assign(b, Ops.add(a, 1));
    final var plan = Plan.of(graph, List.of(toB, toA), Sizes.none());
    assertEquals(List.of(toA, toB), plan.assigns());
    assertEquals(List.of(toB, toA), plan.outputs());
    assertEquals(List.of(), Plan.of(graph, List.of(a), Sizes.none()).assigns());
  }

  @Test
  void refusesTwoAssignsOfOneState() {
    final var a = graph.state("a", Shape.of(2));
    final var first = Ops.assign(a, Ops.add(a, 1));
    final var second = Ops.assign(a, Ops.add(a, 2));
    final var thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> Plan.of(graph, List.of(first, second), Sizes.none()));
    assertTrue(String.valueOf(thrown.getMessage()).contains("State[name=a]"));
  }

  @Test
  void refusesReadersOfAnAssignedValue() {
    final var a = graph.state("a", Shape.of(2));
    final var reader = Ops.exp(Ops.assign(a, Ops.add(a, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> Plan.of(graph, List.of(reader), Sizes.none()));
  }

  @Test
  void refusesAnAxisWithoutCapacity() {
    final var y = Ops.exp(x);
    final var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> Plan.of(graph, List.of(y), Sizes.none()));
    assertTrue(String.valueOf(thrown.getMessage()).contains("axis=rows"));
    final var count = graph.append(new Op.Count(new Axis("others")));
    assertThrows(IllegalArgumentException.class, () -> Plan.of(graph, List.of(count), sizes));
  }
}
