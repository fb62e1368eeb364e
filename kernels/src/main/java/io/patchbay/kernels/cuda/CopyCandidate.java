package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import java.util.List;
import java.util.Optional;

/// Ops that only move elements: slices, pads, broadcasts that are asked for in memory
/// (`copy_range.cu`, `expression.cu`).
final class CopyCandidate implements Candidate {
  private final Kernel elements;
  private final Kernel fours;
  private final Grid grid;
  private final ExpressionCandidate expressions;

  CopyCandidate(final Device device, final ExpressionCandidate expressions) {
    this.elements = device.kernel("copy_range", "copy_range");
    this.fours = device.kernel("copy_range", "copy_fours");
    this.grid = Grid.of(device);
    this.expressions = expressions;
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    return switch (node.op()) {
      case final Op.Slice s -> Optional.of(List.of(range(node, s.position(), s.from(), scope)));
      case final Op.Pad p -> Optional.of(List.of(range(node, p.position(), -p.from(), scope)));
      case final Op.Broadcast b ->
          Optional.of(List.of(expressions.repeat("broadcast", node, b.positions(), scope)));
      default -> Optional.empty();
    };
  }

  /// Index `k` of a position of the result is `k + shift` of the value, or nothing.
  private Step range(final Node node, final int position, final int shift, final Scope scope) {
    final var out = scope.value(node);
    final var x = scope.value(node.input(0));
    final var dims = out.shape().dims();
    long outer = 1;
    long inner = 1;
    for (int i = 0; i < dims.length; i++) {
      outer *= i < position - 1 ? dims[i] : 1;
      inner *= i > position - 1 ? dims[i] : 1;
    }
    final boolean wide = inner % 4 == 0;
    final var kernel = wide ? fours : elements;
    final var shape = grid.covering((long) scope.most(out.axis()) * out.size() / (wide ? 4 : 1));
    final long[] sizes = {
      outer, inner, x.shape().dim(position - 1), out.shape().dim(position - 1), shift
    };
    final long rows = scope.rows(out.axis());
    return Step.of(
        "copy",
        out,
        List.of(x),
        () ->
            kernel.launch(
                shape,
                x.address(),
                out.address(),
                rows,
                sizes[0],
                sizes[1],
                sizes[2],
                sizes[3],
                sizes[4]));
  }
}
