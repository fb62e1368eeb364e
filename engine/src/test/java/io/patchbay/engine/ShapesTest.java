package io.patchbay.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Op.BinaryKind;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Op.UnaryKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class ShapesTest {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis OTHER = new Axis("other");

  /// An op and inputs that it must refuse.
  @SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
  private record Wrong(String why, Op op, Shape... inputs) {}

  private static Shape rows(final int... dims) {
    return Shape.batched(ROWS, dims);
  }

  private static Shape others(final int... dims) {
    return Shape.batched(OTHER, dims);
  }

  private static Stream<Wrong> wrong() {
    final var add = new Op.Binary(BinaryKind.ADD);
    final var product = new Op.MatMul(false, false);
    final var conv = new Op.Conv2d(2, 1);
    final var back = new Op.ConvInputGrad(2, 1, 8, 8);
    final var weight = new Op.ConvWeightGrad(2, 1, 4, 4);
    final var w = Shape.of(5, 3, 4, 4);
    return Stream.of(
        new Wrong("sizes differ", add, rows(3), rows(4)),
        new Wrong("axes differ", add, rows(3), others(3)),
        new Wrong("one has no rows", add, rows(3), Shape.of(3)),
        new Wrong("integers", add, rows(3).integers(), rows(3).integers()),
        new Wrong("an input is missing", add, rows(3)),
        new Wrong("an input too many", new Op.Unary(UnaryKind.EXP, 0), rows(3), rows(3)),
        new Wrong("integers", new Op.Unary(UnaryKind.EXP, 0), rows(3).integers()),
        new Wrong("inner sizes differ", product, rows(3), Shape.of(4, 5)),
        new Wrong("inner axes differ", new Op.MatMul(true, false), rows(3), others(4)),
        new Wrong("not a matrix", product, rows(3, 2), Shape.of(2, 5)),
        new Wrong("a vector", product, rows(3), Shape.of(3)),
        new Wrong("columns without number", new Op.MatMul(false, true), rows(3), rows(3)),
        new Wrong("channels differ", conv, rows(2, 8, 8), w),
        new Wrong("no rows", conv, Shape.of(3, 8, 8), w),
        new Wrong("flat image", conv, rows(192), w),
        new Wrong("image under the kernel", conv, rows(3, 1, 8), w),
        new Wrong("weights of rank 3", conv, rows(3, 8, 8), Shape.of(5, 3, 4)),
        new Wrong("weights with rows", conv, rows(3, 8, 8), rows(5, 3, 4, 4)),
        new Wrong("stride 0", new Op.Conv2d(0, 1), rows(3, 8, 8), w),
        new Wrong("negative padding", new Op.Conv2d(2, -1), rows(3, 8, 8), w),
        new Wrong("output channels differ", back, rows(4, 4, 4), w),
        new Wrong("impossible output size", back, rows(5, 3, 4), w),
        new Wrong("stride 0", new Op.ConvInputGrad(0, 1, 8, 8), rows(5, 4, 4), w),
        new Wrong("axes differ", weight, rows(3, 8, 8), others(5, 4, 4)),
        new Wrong("not its output", weight, rows(3, 8, 8), rows(5, 3, 3)),
        new Wrong("no such position", new Op.Reduce(ReduceKind.SUM, List.of(2)), rows(3)),
        new Wrong("no rows to sum", new Op.Reduce(ReduceKind.SUM, List.of(0)), Shape.of(3)),
        new Wrong("the rest differs", new Op.Broadcast(rows(4), List.of(0)), Shape.of(3)),
        new Wrong("not a position", new Op.Broadcast(Shape.of(3), List.of(2)), Shape.of(3)),
        new Wrong("elements differ", new Op.Reshape(List.of(5)), rows(2, 3)),
        new Wrong("outside", new Op.Slice(1, 2, 5), rows(4)),
        new Wrong("empty", new Op.Slice(1, 2, 2), rows(4)),
        new Wrong("along the rows", new Op.Slice(0, 0, 1), rows(4)),
        new Wrong("no room", new Op.Pad(1, 3, 6), rows(4)),
        new Wrong("before the start", new Op.Pad(1, -1, 6), rows(4)),
        new Wrong("a table without rows", new Op.Gather(), Shape.of(4), rows().integers()),
        new Wrong("indices in floats", new Op.Gather(), others(4), rows()),
        new Wrong("other elements", new Op.Gather(), others(4), rows(3).integers()),
        new Wrong("other rows", new Op.Scatter(OTHER), rows(4), others().integers()),
        new Wrong("indices in floats", new Op.Scatter(OTHER), rows(4), rows()),
        new Wrong("shapes differ", new Op.Reparameterise(), rows(4), rows(4), rows(3)),
        new Wrong("seed", new Op.Normal(1, 4), Shape.of(1).integers(), rows(3).integers()),
        new Wrong("keys", new Op.Normal(1, 4), Shape.of(2).integers(), rows(2).integers()),
        new Wrong("shapes differ", new Op.Patch(), rows(4), rows(5), others(3).integers()),
        new Wrong("ranges in floats", new Op.Patch(), rows(4), rows(4), others(3)),
        new Wrong("ranges of two", new Op.Patch(), rows(4), rows(4), others(2).integers()),
        new Wrong("no rows", new Op.Patch(), Shape.of(4), Shape.of(4), others(3).integers()),
        new Wrong("not a state", new Op.Assign(), Shape.of(4), Shape.of(4)));
  }

  @TestFactory
  Stream<DynamicTest> saysWhatDoesNotFit() {
    assertTrue(wrong().count() >= 25);
    return wrong()
        .map(w ->
            DynamicTest.dynamicTest(
                w.op() + ": " + w.why(), () -> check(w.op(), List.of(w.inputs()))));
  }

  private static void check(final Op op, final List<Shape> shapes) {
    final var graph = new Graph();
    final var inputs = shapes.stream().map(s -> graph.input("x", s)).toArray(Node[]::new);
    final var thrown = assertThrows(IllegalArgumentException.class, () -> graph.append(op, inputs));
    final var message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains("op=" + op), message);
    assertTrue(message.contains("inputs=" + shapes), message);
    assertTrue(message.contains("expected "), message);
  }

  @Test
  void shapesAreWhatTheOpsSay() {
    final var graph = new Graph();
    final var x = graph.input("x", rows(3, 9, 8));
    final var w = graph.state("w", Shape.of(5, 3, 4, 4));
    final var y = Ops.conv2d(x, w, 2, 1);
    assertEquals(rows(5, 4, 4), y.shape());
    assertEquals(rows(3, 8, 8), Ops.convTranspose2d(y, w, 2, 1).shape());
    assertEquals(rows(3), Ops.reduce(ReduceKind.MAX, x, List.of(2, 3)).shape());
    assertEquals(Shape.of(3, 9, 8), Ops.sumRows(x).shape());
    assertEquals(rows(), Ops.sumRow(x).shape());
    assertEquals(rows(3, 72), Ops.reshape(x, 3, 72).shape());
    assertEquals(rows(3, 2, 8), Ops.slice(x, 2, 4, 6).shape());
    assertEquals(rows(3, 11, 8), Ops.pad(x, 2, 1, 11).shape());
    final var flat = Ops.reshape(x, 216);
    final var index = graph.input("i", others().integers());
    assertEquals(others(216), Ops.gather(flat, index).shape());
    assertEquals(Shape.of(216, 216), Ops.matMul(flat, flat, true, false).shape());
    assertEquals(
        rows(5), Ops.add(graph.input("r", rows(5)), graph.state("b", Shape.of(5))).shape());
    assertEquals(
        rows(5), Ops.add(graph.state("b", Shape.of(5)), graph.input("q", rows(5))).shape());
  }

  @Test
  void sizesMustBePositive() {
    for (final int[] dims : new int[][] {{0}, {3, -1}}) {
      final var thrown = assertThrows(IllegalArgumentException.class, () -> Shape.of(dims));
      assertTrue(String.valueOf(thrown.getMessage()).contains(Arrays.toString(dims)));
    }
  }

  @Test
  void runsStayWithinTheCapacity() {
    final var capacity = Sizes.of(ROWS, 4);
    Sizes.of(ROWS, 4).checkWithin(capacity);
    Sizes.of(ROWS, 0).and(OTHER, 9).checkWithin(capacity);
    final var thrown =
        assertThrows(IllegalArgumentException.class, () -> Sizes.of(ROWS, 5).checkWithin(capacity));
    assertTrue(String.valueOf(thrown.getMessage()).contains("capacity=4"));
    assertThrows(IllegalArgumentException.class, () -> Sizes.of(ROWS, -1));
    assertEquals(24, capacity.elements(rows(2, 3)));
    assertEquals(1, capacity.elements(Shape.of()));
  }
}
