package io.patchbay.analysis.sweep.route;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import java.util.List;

/// The work of one row of nodes that are computed whole. Taps outside an image are not counted, and
/// what the kernels do together with a layer (bias, activation, the effect of an image) is part of
/// it.
final class WholeWork {
  private static final int KERNEL = 4;
  private static final int LANES = 16;

  /// An element is subtracted, squared and added up in the time in which so many are patched.
  private static final double COMPARING = 3;

  private static final List<Integer> IMAGES = List.of(1, 3);

  private WholeWork() {}

  static WorkCount of(final List<Node> nodes) {
    WorkCount sum = WorkCount.NONE;
    for (final var node : nodes) {
      sum = sum.plus(of(node));
    }
    return sum;
  }

  private static WorkCount of(final Node node) {
    return switch (node.op()) {
      case final Op.Conv2d c ->
          convolution(node.input(0).shape(), node.shape(), node.input(1), c.stride(), c.padding());
      case final Op.ConvInputGrad c ->
          convolution(node.shape(), node.input(0).shape(), node.input(1), c.stride(), c.padding());
      case Op.MatMul _ ->
          WorkCount.NONE.plus(
              Work.LINEAR, (double) node.shape().rowSize() * node.input(0).shape().rowSize());
      case Op.Patch _, Op.CustomPatch _ -> elements(node.shape());
      case Op.Reduce _ ->
          isImage(node.input(0).shape())
              ? WorkCount.NONE
              : elements(node.input(0).shape()).times(COMPARING);
      case Op.Input _,
          Op.State _,
          Op.Constant _,
          Op.Count _,
          Op.Unary _,
          Op.Binary _,
          Op.ConvWeightGrad _,
          Op.Broadcast _,
          Op.Reshape _,
          Op.Slice _,
          Op.Pad _,
          Op.Gather _,
          Op.Scatter _,
          Op.Reparameterise _,
          Op.Normal _,
          Op.Propagate _,
          Op.Assign _,
          Op.StopGradient _ ->
          WorkCount.NONE;
    };
  }

  private static WorkCount elements(final Shape shape) {
    return WorkCount.NONE.plus(Work.ELEMENT, shape.rowSize());
  }

  private static boolean isImage(final Shape shape) {
    return shape.rank() == 3 && IMAGES.contains(shape.dim(0));
  }

  /// @param large the side that a convolution reads, and a transposed one writes
  private static WorkCount convolution(
      final Shape large,
      final Shape small,
      final Node weights,
      final int stride,
      final int padding) {
    final int kernel = weights.shape().dim(2);
    final double taps =
        (double) taps(large.dim(1), small.dim(1), kernel, stride, padding)
            * taps(large.dim(2), small.dim(2), weights.shape().dim(3), stride, padding);
    final double all = taps * large.dim(0) * small.dim(0);
    final boolean fast =
        kernel == KERNEL && stride == 2 && padding == 1 && small.dim(0) % LANES == 0;
    final Work work =
        fast && large.dim(0) % LANES == 0
            ? Work.WIDE
            : fast && isImage(large) ? Work.IMAGE : Work.OTHER;
    return WorkCount.NONE.plus(work, all);
  }

  /// Pairs of a place on the small side and a tap that falls inside the large one.
  private static int taps(
      final int large, final int small, final int kernel, final int stride, final int padding) {
    int count = 0;
    for (int i = 0; i < small; i++) {
      for (int k = 0; k < kernel; k++) {
        final int at = stride * i - padding + k;
        count += at >= 0 && at < large ? 1 : 0;
      }
    }
    return count;
  }
}
