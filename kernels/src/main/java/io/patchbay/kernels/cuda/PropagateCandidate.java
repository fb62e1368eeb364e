package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a patch changes at the end of a chain of layers, each layer for all of the change: any
/// chain, any patch, any end.
final class PropagateCandidate implements Candidate {
  /// Bytes for the changes of a chunk of cells.
  static final long ROOM = 1L << 28;

  /// The most cells of a chunk, so that a grid covers them.
  static final int MOST_CELLS = 1 << 15;

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Propagate op) || op.precision() == Precision.TF32) {
      return Optional.empty();
    }
    final var name = "%" + node.id();
    final var site = new ChangeSite(node, op, scope);
    final var ends = new ChangeEnds(node, op, scope, site.wrongIndex());
    final var layers =
        IntStream.range(0, op.layers().size())
            .mapToObj(i -> DenseChange.of(node, op, i, scope))
            .toList();
    // What layers take and leave lies in two rooms by turns.
    final int[] sizes = {0, 0};
    for (int i = 0; i < layers.size(); i++) {
      sizes[i % 2] = Math.max(sizes[i % 2], layers.get(i).inputs());
      sizes[(i + 1) % 2] = Math.max(sizes[(i + 1) % 2], layers.get(i).outputs());
    }
    final int rows = scope.most(ChangeSite.axis(node));
    final int chunk = chunk(rows, Float.BYTES * ((long) sizes[0] + sizes[1]));
    final var cells = CarriedCells.of(name, chunk, scope);
    final var rooms =
        IntStream.range(0, 2)
            .mapToObj(i -> scope.scratch("change" + i + "(" + name + ")", null, chunk * sizes[i]))
            .toList();
    final var reads = new ArrayList<>(site.reads());
    layers.forEach(layer -> reads.addAll(List.of(layer.weights(), layer.clean())));
    reads.addAll(ends.reads());
    final var writes = new ArrayList<>(List.of(ends.out()));
    writes.addAll(site.writes());
    writes.addAll(cells.values());
    writes.addAll(rooms);
    return Optional.of(
        List.of(
            new Step(
                "propagate",
                writes,
                reads,
                () -> {
                  for (int first = 0; first < rows; first += chunk) {
                    site.list(first, cells, rooms.getFirst().address());
                    site.fill(first, cells, rooms.getFirst().address());
                    for (int i = 0; i < layers.size(); i++) {
                      layers
                          .get(i)
                          .run(cells, rooms.get(i % 2).address(), rooms.get((i + 1) % 2).address());
                    }
                    ends.run(first, cells, rooms.get(layers.size() % 2).address());
                  }
                })));
  }

  /// Cells that go together.
  ///
  /// @param bytes of one cell
  static int chunk(final int rows, final long bytes) {
    return Math.toIntExact(
        Math.clamp(ROOM / Math.max(1, bytes), 1, Math.clamp(rows, 1, MOST_CELLS)));
  }
}
