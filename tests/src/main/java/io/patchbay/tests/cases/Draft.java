package io.patchbay.tests.cases;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/// A case while its author writes it: the graph, and random values for what it is given.
public final class Draft {
  /// The batch.
  public static final Axis ROWS = new Axis("rows");

  /// The rows of a table that is gathered from and scattered to.
  public static final Axis TABLE = new Axis("table");

  /// The ranges of a patch.
  public static final Axis RANGES = new Axis("ranges");

  static final int TABLE_ROWS = 7;

  private final Graph graph = new Graph();
  private final SplittableRandom random;
  private final int rows;
  private final Sizes sizes;
  private final Map<Node, float[]> floats = new LinkedHashMap<>();
  private final Map<Node, int[]> integers = new LinkedHashMap<>();
  private final Map<String, float[]> states = new LinkedHashMap<>();
  private final List<Node> outputs = new ArrayList<>();
  private final List<Node> differentiable = new ArrayList<>();
  private Precision precision = Precision.FP32;

  Draft(final int rows, final long seed) {
    this(Sizes.of(ROWS, rows).and(TABLE, TABLE_ROWS).and(RANGES, rows), seed);
  }

  /// @param sizes of [#ROWS], [#TABLE] and [#RANGES]
  public Draft(final Sizes sizes, final long seed) {
    this.rows = sizes.of(ROWS);
    this.random = new SplittableRandom(seed);
    this.sizes = sizes;
  }

  public Graph graph() {
    return graph;
  }

  /// Rows of every axis.
  public Sizes sizes() {
    return sizes;
  }

  /// Rows of the batch.
  public int rows() {
    return rows;
  }

  /// A number from 0 to `bound` - 1.
  public int random(final int bound) {
    return random.nextInt(bound);
  }

  /// Uniform values.
  public Node input(final Shape shape, final double low, final double high) {
    return given(shape, () -> random.nextDouble(low, high));
  }

  /// Uniform values from -1 to 1.
  public Node input(final Shape shape) {
    return input(shape, -1, 1);
  }

  /// Values of either sign with a magnitude from `gap` to `high`: away from a kink at 0.
  Node apart(final Shape shape, final double gap, final double high) {
    return given(shape, () -> random.nextDouble(gap, high) * (random.nextBoolean() ? 1 : -1));
  }

  /// Values that differ from one another by at least 1/16: away from the kinks of a maximum.
  Node distinct(final Shape shape) {
    final int count = Math.toIntExact(sizes.elements(shape));
    final int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      final int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    final int[] next = {0};
    return given(shape, () -> (order[next[0]++] - count / 2) / 16.0);
  }

  /// Whole numbers from -2 to 2, as floats: many of them equal.
  public Node coarse(final Shape shape) {
    return given(shape, () -> random.nextInt(5) - 2);
  }

  /// Values that nobody takes a gradient of.
  Node fixed(final Shape shape, final double low, final double high) {
    final var node = input(shape, low, high);
    differentiable.remove(node);
    return node;
  }

  /// Values by their place.
  public Node floats(final Shape shape, final IntToDoubleFunction values) {
    final int[] next = {0};
    return given(shape, () -> values.applyAsDouble(next[0]++));
  }

  private Node given(final Shape shape, final DoubleSupplier values) {
    final var node = graph.input("x" + graph.nodes().size(), shape);
    final var drawn = new float[Math.toIntExact(sizes.elements(shape))];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = (float) values.getAsDouble();
    }
    floats.put(node, drawn);
    differentiable.add(node);
    return node;
  }

  /// Integers by their place.
  public Node integers(final Shape shape, final IntUnaryOperator values) {
    final var node = graph.input("i" + graph.nodes().size(), shape.integers());
    final var drawn = new int[Math.toIntExact(sizes.elements(shape))];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = values.applyAsInt(i);
    }
    integers.put(node, drawn);
    return node;
  }

  /// A parameter of whole numbers from -2 to 2.
  Node coarse(final String name, final Shape shape) {
    return state(name, shape, () -> random.nextInt(5) - 2);
  }

  /// A parameter with uniform values.
  public Node state(final String name, final Shape shape, final double low, final double high) {
    return state(name, shape, () -> random.nextDouble(low, high));
  }

  private Node state(final String name, final Shape shape, final DoubleSupplier values) {
    final var node = graph.state(name, shape);
    final var drawn = new float[shape.rowSize()];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = (float) values.getAsDouble();
    }
    states.put(name, drawn);
    return node;
  }

  /// Asks for values, or for states to be written.
  public void output(final Node... values) {
    outputs.addAll(List.of(values));
  }

  /// Takes the operands of products in another precision.
  void in(final Precision other) {
    precision = other;
  }

  /// The case as it is written.
  public Trial trial() {
    return new Trial(graph, sizes, floats, integers, states, outputs, differentiable, precision);
  }
}
