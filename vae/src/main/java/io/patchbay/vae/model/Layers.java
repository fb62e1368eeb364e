package io.patchbay.vae.model;

import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;

/// Layers with their parameters as states, named and laid out as PyTorch does: `NAME.weight` is
/// (out, in), (out, in, kh, kw), or (in, out, kh, kw) where transposed; `NAME.bias` is (out).
public final class Layers {
  private Layers() {}

  /// `x W^T + b`: (axis; in) to (axis; out).
  public static Node linear(final Graph graph, final Node x, final String name, final int out) {
    final var weight = graph.state(name + ".weight", Shape.of(out, x.shape().dim(0)));
    final var bias = graph.state(name + ".bias", Shape.of(out));
    return Ops.add(Ops.matMul(x, weight, false, true), bias);
  }

  static Node conv(final Graph graph, final Node x, final String name, final ConvLayer layer) {
    final var weight =
        graph.state(
            name + ".weight",
            Shape.of(layer.channels(), x.shape().dim(0), layer.kernel(), layer.kernel()));
    final var bias = graph.state(name + ".bias", Shape.of(layer.channels()));
    final var y = Ops.conv2d(x, weight, layer.stride(), layer.padding());
    return Ops.add(y, Ops.perChannel(bias, y));
  }

  /// The transposed convolution to images of the size of `target` (C, H, W): of the sizes that
  /// convolve to the input's, the one that is asked for.
  static Node convTransposed(
      final Graph graph,
      final Node x,
      final String name,
      final ConvLayer layer,
      final int[] target) {
    final var weight =
        graph.state(
            name + ".weight",
            Shape.of(layer.channels(), target[0], layer.kernel(), layer.kernel()));
    final var bias = graph.state(name + ".bias", Shape.of(target[0]));
    final var op = new Op.ConvInputGrad(layer.stride(), layer.padding(), target[1], target[2]);
    final var y = graph.append(op, x, weight);
    return Ops.add(y, Ops.perChannel(bias, y));
  }
}
