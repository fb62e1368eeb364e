package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;
import java.util.Optional;

/// Rows or elements of a table by index, and their gradients (`gather.cu`).
final class GatherCandidate implements Candidate {
  /// Twice the rows that a block has found, and how many each of its warps has.
  private static final int SCATTER_SHARED = 2 * 4 * (Grid.THREADS + Grid.THREADS / 32);

  private final Kernel rows;
  private final Kernel fours;
  private final Kernel elements;
  private final Kernel scatterRows;
  private final Kernel scatterElements;
  private final Grid grid;

  GatherCandidate(final Device device) {
    this.rows = device.kernel("gather", "gather_rows");
    this.fours = device.kernel("gather", "gather_fours");
    this.elements = device.kernel("gather", "gather_elements");
    this.scatterRows = device.kernel("gather", "scatter_rows");
    this.scatterElements = device.kernel("gather", "scatter_elements");
    this.grid = Grid.of(device);
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    return switch (node.op()) {
      case Op.Gather _ -> Optional.of(List.of(gather(node, scope)));
      case Op.Scatter _ -> Optional.of(List.of(scatter(node, scope)));
      default -> Optional.empty();
    };
  }

  private static boolean byRow(final Value index) {
    return index.shape().rank() == 0;
  }

  private Step gather(final Node node, final Scope scope) {
    final var table = scope.value(node.input(0));
    final var index = scope.value(node.input(1));
    final var out = scope.value(node);
    final boolean wide = byRow(index) && out.size() % 4 == 0;
    final var kernel = wide ? fours : byRow(index) ? rows : elements;
    final var shape = grid.covering((long) scope.most(out.axis()) * out.size() / (wide ? 4 : 1));
    return step("gather", kernel, shape, table, index, out, table, scope);
  }

  private Step scatter(final Node node, final Scope scope) {
    final var g = scope.value(node.input(0));
    final var index = scope.value(node.input(1));
    final var out = scope.value(node);
    final int most = scope.most(out.axis());
    return byRow(index)
        ? step(
            "scatter",
            scatterRows,
            new Launch(grid.blocks(most), 1, Grid.THREADS, SCATTER_SHARED),
            g,
            index,
            out,
            out,
            scope)
        : step(
            "scatter",
            scatterElements,
            grid.covering((long) most * out.size()),
            g,
            index,
            out,
            out,
            scope);
  }

  private static Step step(
      final String name,
      final Kernel kernel,
      final Launch shape,
      final Value from,
      final Value index,
      final Value out,
      final Value table,
      final Scope scope) {
    final long tableRows = scope.rows(table.axis());
    final long indexRows = scope.rows(index.axis());
    final long fault = scope.fault("index outside the table: " + name + " to " + out);
    final long size = out.size();
    return Step.of(
        name,
        out,
        List.of(from, index),
        () ->
            kernel.launch(
                shape,
                from.address(),
                index.address(),
                out.address(),
                tableRows,
                indexRows,
                fault,
                size));
  }
}
