package io.patchbay.kernels.cpu;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.BinaryKind;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Op.UnaryKind;
import io.patchbay.kernels.shared.Epilogue;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/// The last layer of a decoder together with the effect metric: the sum of squared differences
/// between the sigmoid of its logits and a reference image per row. The image is never stored.
final class EffectCandidate implements Candidate {
  private final ConvKernels kernels;
  private final ConvCandidate conv;

  EffectCandidate(final ConvKernels kernels, final ConvCandidate conv) {
    this.kernels = kernels;
    this.conv = conv;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    final boolean sumsRow =
        node.op() instanceof final Op.Reduce r
            && r.kind() == ReduceKind.SUM
            && r.positions().equals(List.of(1, 2, 3))
            && scope.interior(node.input(0));
    if (!sumsRow || !isUnary(node.input(0), UnaryKind.SQUARE)) {
      return Optional.empty();
    }
    final var difference = node.input(0).input(0);
    final boolean fits =
        difference.op() instanceof final Op.Binary b
            && b.kind() == BinaryKind.SUB
            && scope.interior(difference)
            && scope.interior(difference.input(0))
            && isUnary(difference.input(0), UnaryKind.SIGMOID)
            && difference.input(1).op() instanceof Op.Gather
            && difference.input(1).input(1).shape().rank() == 0
            && scope.interior(difference.input(1));
    if (!fits) {
      return Optional.empty();
    }
    return Epilogue.of(
            difference.input(0),
            scope::interior,
            Op.ConvInputGrad.class::isInstance,
            ConvCandidate.BIAS_POSITIONS)
        .flatMap(e -> bind(node, e, difference.input(1), scope));
  }

  private Optional<List<Step>> bind(
      final Node node, final Epilogue e, final Node gather, final Scope scope) {
    final var grid = ConvCandidate.grid(e.core()).orElse(null);
    if (grid == null || grid.cl() > 3 || e.bias() == null) {
      return Optional.empty();
    }
    final var x = scope.value(e.core().input(0));
    final var packed = conv.packed(e.core().input(1), true, grid, scope);
    final var bias = scope.value(e.bias());
    final var table = scope.value(gather.input(0));
    final var index = scope.value(gather.input(1));
    final var out = scope.value(node);
    return Optional.of(
        List.of(
            Step.rows(
                "conv_up_effect",
                out,
                List.of(x, packed, bias, index),
                List.of(table),
                (f, first, count) -> {
                  checkInside(index.at(f, first), count, f.rows(table.axis()));
                  kernels.effect(
                      x.at(f, first),
                      packed.at(f, 0),
                      bias.at(f, 0),
                      table.address(),
                      index.at(f, first),
                      out.at(f, first),
                      grid,
                      count);
                })));
  }

  /// The kernel does not know how many references there are.
  private static void checkInside(final long index, final int count, final int references) {
    final var rows = Memory.at(index, 4L * count);
    for (int i = 0; i < count; i++) {
      final int row = rows.getAtIndex(ValueLayout.JAVA_INT, i);
      if (row < 0 || row >= references) {
        throw new IllegalArgumentException(
            "no such reference: row=" + i + ", index=" + row + ", references=" + references);
      }
    }
  }

  private static boolean isUnary(final Node node, final UnaryKind kind) {
    return node.op() instanceof final Op.Unary u && u.kind() == kind;
  }
}
