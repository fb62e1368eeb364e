package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Layer by layer, in float32: any chain, any end.
final class LayeredPath implements ChangePath {
  private final String name;
  private final int first;
  private final Scope scope;
  private final List<DenseChange> layers;
  private final ChangeEnds ends;

  /// What layers take and leave lies in two rooms by turns.
  private final int[] sizes = {0, 0};

  private final List<Value> rooms = new ArrayList<>();

  /// @param first the first layer that is gone through
  /// @param plain whether the plain kernels serve
  LayeredPath(
      final Node node,
      final Propagate op,
      final Scope scope,
      final Layers kernels,
      final int first,
      final boolean plain,
      final ChangeEnds ends) {
    this.first = first;
    this.name = "(%" + node.id() + ")";
    this.scope = scope;
    this.ends = ends;
    this.layers =
        IntStream.range(first, op.layers().size())
            .mapToObj(i -> new DenseChange(node, op, i, scope, kernels, plain))
            .toList();
    for (int i = 0; i < layers.size(); i++) {
      final int from = (first + i) % 2;
      sizes[from] = Math.max(sizes[from], layers.get(i).inputs());
      sizes[1 - from] = Math.max(sizes[1 - from], layers.get(i).outputs());
    }
  }

  @Override
  public long bytes() {
    return Float.BYTES * ((long) sizes[0] + sizes[1]);
  }

  @Override
  public List<Value> place(final int window) {
    for (int i = 0; i < sizes.length; i++) {
      rooms.add(scope.scratch("layers" + i + name, null, Math.multiplyExact(window, sizes[i])));
    }
    return rooms;
  }

  @Override
  public List<Value> reads() {
    return layers.stream().flatMap(layer -> layer.reads().stream()).toList();
  }

  @Override
  public long start() {
    return start(first);
  }

  /// Where what layer `from` takes stands.
  long start(final int from) {
    return rooms.get(from % 2).address();
  }

  @Override
  public void run(final CellList cells) {
    run(cells, first);
  }

  /// From layer `from` on.
  void run(final CellList cells, final int from) {
    final int end = first + layers.size();
    for (int i = from; i < end; i++) {
      layers.get(i - first).run(cells, start(i), start(i + 1));
    }
    ends.run(cells, start(end));
  }
}
