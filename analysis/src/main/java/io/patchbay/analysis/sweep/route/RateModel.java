package io.patchbay.analysis.sweep.route;

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
/// 32x16x16, `wide` 32x32x32, `image` 64x64), the beginning of an encoder (`picture` 64x64, `tall`
/// 32x32x32, `low` 32x16x16) and its end (`lower` 64x8x8, `lowest` 64x4x4, a linear layer to `code`
/// 256), and a convolution of another kind (`small` 8x16x16 to `other`).
final class RateModel {
  static final Axis ROWS = new Axis("rows");
  private static final int CHANNELS = 32;
  private static final int CODE = 256;

  /// Numbers until a pattern repeats.
  private static final int PERIOD = 257;

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
    final var picture = input("picture", 1, 64, 64);
    final var tall = down("tall", picture, CHANNELS);
    down("low", tall, CHANNELS);
    final var lowest = down("lowest", input("lower", 2 * CHANNELS, 8, 8), 2 * CHANNELS);
    final int flat = lowest.shape().rowSize();
    final var rows = Ops.reshape(lowest, flat);
    final var code = Ops.matMul(rows, state("code", CODE, flat), false, true);
    graph.site("code", Ops.relu(Ops.add(code, state("code.bias", CODE))));
    final var small = input("small", 8, 16, 16);
    final var other = Ops.conv2d(small, state("other", 8, 8, 3, 3), 1, 1);
    graph.site("other", Ops.relu(biased(other, "other")));
  }

  private Node input(final String name, final int... dims) {
    return graph.site(name, graph.input(name, Shape.batched(ROWS, dims)));
  }

  private Node down(final String name, final Node from, final int channels) {
    final var weights = state(name, channels, from.shape().dim(0), 4, 4);
    return graph.site(name, Ops.relu(biased(Ops.conv2d(from, weights, 2, 1), name)));
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
      weights.write(((Op.State) state.op()).name(), pattern(state.shape().rowSize(), 11, 0.0625f));
    }
    return weights;
  }

  /// Numbers from -1 to 1 that repeat late, none of them zero.
  static float[] pattern(final int length, final int step) {
    return pattern(length, step, 1);
  }

  private static float[] pattern(final int length, final int step, final float scale) {
    final var values = new float[length];
    for (int i = 0; i < Math.min(PERIOD, length); i++) {
      values[i] = scale * (i * step % PERIOD - 128.5f) / 128.5f;
    }
    // In this code, which is not compiled yet, a loop over all of them would take its time.
    for (int done = PERIOD; done < length; done *= 2) {
      System.arraycopy(values, 0, values, done, Math.min(done, length - done));
    }
    return values;
  }
}
