package io.patchbay.analysis.circuit;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/// A linear layer of a model as edges: from every unit that it reads to every unit that it makes.
///
/// Edges are numbered through the whole chain of layers. Those of this layer are `first + v *
/// producers + u` for the edge from unit u to unit v.
final class CircuitLayer {
  private final Node op;
  private final UnitLayer from;
  private final UnitLayer to;
  private final int first;
  private final Weight weight;

  /// Where the numbers of each edge are in the layer's weight.
  ///
  /// @param producers per unit, its places along the weight's producing size
  /// @param consumers per unit, its places along the weight's consuming size
  /// @param producerStep elements from one place of a producer to the next
  /// @param consumerStep elements from one place of a consumer to the next
  /// @param taps elements that follow one another at each pair of places
  private record Weight(
      List<List<Integer>> producers,
      List<List<Integer>> consumers,
      int producerStep,
      int consumerStep,
      int taps) {}

  private CircuitLayer(
      final Node op,
      final UnitLayer from,
      final UnitLayer to,
      final int first,
      final Weight weight) {
    this.op = op;
    this.from = from;
    this.to = to;
    this.first = first;
    this.weight = weight;
  }

  /// Whether a node is a linear layer: a product or a convolution of a value with a state.
  static boolean isLayer(final Node node) {
    final boolean linear =
        switch (node.op()) {
          case final Op.MatMul m -> !m.transposeA();
          case Op.Conv2d _, Op.ConvInputGrad _ -> true;
          case Op.Input _,
              Op.State _,
              Op.Constant _,
              Op.Count _,
              Op.Unary _,
              Op.Binary _,
              Op.ConvWeightGrad _,
              Op.Reduce _,
              Op.Broadcast _,
              Op.Reshape _,
              Op.Slice _,
              Op.Pad _,
              Op.Gather _,
              Op.Scatter _,
              Op.Reparameterise _,
              Op.Normal _,
              Op.Patch _,
              Op.Propagate _,
              Op.CustomPatch _,
              Op.Assign _,
              Op.StopGradient _ ->
              false;
        };
    return linear && node.input(1).op() instanceof Op.State;
  }

  static CircuitLayer of(final Node op, final UnitLayer from, final UnitLayer to, final int first) {
    final var shape = op.input(1).shape();
    final int taps = shape.rank() == 4 ? shape.dim(2) * shape.dim(3) : 1;
    final boolean madeFirst =
        op.op() instanceof Op.Conv2d || (op.op() instanceof final Op.MatMul m && m.transposeB());
    final int outer = shape.dim(1) * taps;
    final var producers = places(from.read(), from.units(), plane(op.input(0).shape()));
    final var consumers = places(to.made(), to.units(), plane(op.shape()));
    final var weight =
        madeFirst
            ? new Weight(producers, consumers, taps, outer, taps)
            : new Weight(producers, consumers, outer, taps, taps);
    return new CircuitLayer(op, from, to, first, weight);
  }

  private static int plane(final Shape shape) {
    return shape.rank() == 3 ? shape.dim(1) * shape.dim(2) : 1;
  }

  /// The channels, or the elements of a flat value, that belong to each unit.
  private static List<List<Integer>> places(final int[] unitOf, final int units, final int plane) {
    final var places = new ArrayList<List<Integer>>();
    for (int u = 0; u < units; u++) {
      places.add(new ArrayList<>());
    }
    for (int e = 0; e < unitOf.length; e += plane) {
      if (unitOf[e] >= 0) {
        places.get(unitOf[e]).add(e / plane);
      }
    }
    return places;
  }

  /// The layer itself: its input 0 is what it reads, its input 1 the weight.
  Node op() {
    return op;
  }

  Node input() {
    return op.input(0);
  }

  /// The name of the weight's state.
  String weightName() {
    return ((Op.State) op.input(1).op()).name();
  }

  UnitLayer from() {
    return from;
  }

  UnitLayer to() {
    return to;
  }

  /// Number of the first edge.
  int first() {
    return first;
  }

  /// Number of the first edge of the next layer.
  int end() {
    return first + from.units() * to.units();
  }

  int producer(final int edge) {
    return (edge - first) % from.units();
  }

  int consumer(final int edge) {
    return (edge - first) / from.units();
  }

  /// Copies the numbers of an edge from one array of the weight to another, or zeroes them.
  void carry(final int edge, final boolean carried, final float[] whole, final float[] masked) {
    for (final int v : weight.consumers().get(consumer(edge))) {
      for (final int u : weight.producers().get(producer(edge))) {
        final int at = v * weight.consumerStep() + u * weight.producerStep();
        for (int t = at; t < at + weight.taps(); t++) {
          masked[t] = carried ? whole[t] : 0;
        }
      }
    }
  }

  /// The inner product of two arrays of the weight over the numbers of an edge.
  double product(final int edge, final float[] a, final float[] b) {
    double sum = 0;
    for (final int v : weight.consumers().get(consumer(edge))) {
      for (final int u : weight.producers().get(producer(edge))) {
        final int at = v * weight.consumerStep() + u * weight.producerStep();
        for (int t = at; t < at + weight.taps(); t++) {
          sum += (double) a[t] * b[t];
        }
      }
    }
    return sum;
  }
}
