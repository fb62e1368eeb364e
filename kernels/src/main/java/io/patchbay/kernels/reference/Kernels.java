package io.patchbay.kernels.reference;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.util.List;

/// The kernel of every op.
final class Kernels {
  private Kernels() {}

  /// Binds a node to where its inputs and its value lie.
  static Step bind(
      final Node node, final List<Value> in, final Value out, final PatchKernel patch) {
    return switch (node.op()) {
      case Op.Input _, Op.State _, Op.Assign _ ->
          throw new IllegalArgumentException("has no kernel: node=" + node);
      case final Op.Constant c -> (sizes, workers) -> out.data()[out.at()] = c.value();
      case final Op.Count c -> (sizes, workers) -> out.data()[out.at()] = sizes.of(c.axis());
      case final Op.Unary u -> Elementwise.unary(u, in.get(0), out);
      case final Op.Binary b -> Elementwise.binary(b, in.get(0), in.get(1), out);
      case final Op.MatMul m -> MatrixProduct.of(m, in.get(0), in.get(1), out);
      case final Op.Conv2d c ->
          new Convolution(
                  in.get(0).shape(), out.shape(), in.get(1).shape(), c.stride(), c.padding())
              .forward(in.get(0), in.get(1), out);
      case final Op.ConvInputGrad c ->
          new Convolution(
                  out.shape(), in.get(0).shape(), in.get(1).shape(), c.stride(), c.padding())
              .inputGradient(in.get(0), in.get(1), out);
      case final Op.ConvWeightGrad c ->
          new Convolution(
                  in.get(0).shape(), in.get(1).shape(), out.shape(), c.stride(), c.padding())
              .weightGradient(in.get(0), in.get(1), out);
      case final Op.Reduce r -> Places.reduce(r, in.get(0), out);
      case final Op.Broadcast b -> Places.broadcast(b, in.get(0), out);
      case Op.Reshape _, Op.StopGradient _ -> Places.copy(in.get(0), out);
      case final Op.Slice s -> Places.slice(s, in.get(0), out);
      case final Op.Pad p -> Places.pad(p, in.get(0), out);
      case Op.Gather _ -> Rows.gather(in.get(0), in.get(1), out);
      case Op.Scatter _ -> Rows.scatter(in.get(0), in.get(1), out);
      case Op.Reparameterise _ -> Elementwise.reparameterise(in.get(0), in.get(1), in.get(2), out);
      case final Op.Normal n -> Noise.normal(n, in.get(0), in.get(1), out);
      case final Op.Propagate p -> new Propagating(p, in, out, patch);
      case final Op.CustomPatch p -> new CustomPatching(p, in, out);
      case Op.Patch _ -> new Patching(in.get(0), in.get(1), in.get(2), out, patch);
    };
  }
}
