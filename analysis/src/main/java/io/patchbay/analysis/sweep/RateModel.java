package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Weights;
import java.util.ArrayList;
import java.util.List;

/// Layers to measure rates on: the end of a decoder as it usually is (`before` 32x8x8, `features`
/// 32x16x16, `wide` 32x32x32, `image` 64x64), a linear layer (`flat` 1024 to `linear` 256), and a
/// convolution of another kind (`small` 8x16x16 to `other`).
final class RateModel {
  /// Cells of more operations take large values too.
  static final double LARGE = 100_000;

  /// Cells of fewer operations are run by the thousand.
  static final double SMALL = 5_000;

  static final Axis ROWS = new Axis("rows");
  private static final int CHANNELS = 32;

  private final Graph graph = new Graph();
  private final List<Node> states = new ArrayList<>();

  RateModel() {
    final var before = input("before", CHANNELS, 8, 8);
    final var first = Ops.convTranspose2d(before, state("first", CHANNELS, CHANNELS, 4, 4), 2, 1);
    final var features = graph.site("features", Ops.relu(biased(first, "first")));
    final var up = Ops.convTranspose2d(features, state("up", CHANNELS, CHANNELS, 4, 4), 2, 1);
    final var wide = graph.site("wide", Ops.relu(biased(up, "up")));
    final var last = Ops.convTranspose2d(wide, state("last", CHANNELS, 1, 4, 4), 2, 1);
    graph.site("image", Ops.sigmoid(biased(last, "last")));
    final var flat = input("flat", 1024);
    final var linear = Ops.matMul(flat, state("linear", 256, 1024), false, true);
    graph.site("linear", Ops.relu(Ops.add(linear, state("linear.bias", 256))));
    final var small = input("small", 8, 16, 16);
    final var other = Ops.conv2d(small, state("other", 8, 8, 3, 3), 1, 1);
    graph.site("other", Ops.relu(biased(other, "other")));
  }

  private Node input(final String name, final int... dims) {
    return graph.site(name, graph.input(name, Shape.batched(ROWS, dims)));
  }

  private Node state(final String name, final int... dims) {
    final var state = graph.state(name, Shape.of(dims));
    states.add(state);
    return state;
  }

  private Node biased(final Node sums, final String name) {
    return Ops.add(sums, Ops.perChannel(state(name + ".bias", sums.shape().dim(0)), sums));
  }

  Graph graph() {
    return graph;
  }

  Site site(final String name) {
    return Sites.of(graph).named(name);
  }

  /// Weights that are neither zero nor large.
  Weights weights(final Backend backend) {
    final var weights = backend.weights(states);
    for (final var state : states) {
      final var values = pattern(state.shape().rowSize(), 11);
      for (int i = 0; i < values.length; i++) {
        values[i] *= 0.0625f;
      }
      weights.write(((Op.State) state.op()).name(), values);
    }
    return weights;
  }

  /// Numbers from -1 to 1 that repeat late, none of them zero.
  static float[] pattern(final int length, final int step) {
    final var values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (i * step % 257 - 128.5f) / 128.5f;
    }
    return values;
  }
}
