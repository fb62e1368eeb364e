package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Layer by layer, in float32: any chain, any end.
final class LayeredPath implements ChangePath {
  private final String name;
  private final Scope scope;
  private final List<DenseChange> layers;
  private final ChangeEnds ends;

  /// What layers take and leave lies in two rooms by turns.
  private final int[] sizes = {0, 0};

  private final List<Value> rooms = new ArrayList<>();

  /// @param plain whether the plain kernels serve
  LayeredPath(
      final Node node,
      final Propagate op,
      final Scope scope,
      final Layers kernels,
      final boolean plain,
      final ChangeEnds ends) {
    this.name = "(%" + node.id() + ")";
    this.scope = scope;
    this.ends = ends;
    this.layers =
        IntStream.range(0, op.layers().size())
            .mapToObj(i -> new DenseChange(node, op, i, scope, kernels, plain))
            .toList();
    for (int i = 0; i < layers.size(); i++) {
      sizes[i % 2] = Math.max(sizes[i % 2], layers.get(i).inputs());
      sizes[(i + 1) % 2] = Math.max(sizes[(i + 1) % 2], layers.get(i).outputs());
    }
  }

  @Override
  public long bytes() {
    return Float.BYTES * ((long) sizes[0] + sizes[1]);
  }

  @Override
  public List<Value> place(final int window) {
    for (int i = 0; i < sizes.length; i++) {
      rooms.add(scope.scratch("change" + i + name, null, Math.multiplyExact(window, sizes[i])));
    }
    return rooms;
  }

  @Override
  public List<Value> reads() {
    return layers.stream().flatMap(layer -> layer.reads().stream()).toList();
  }

  @Override
  public long start() {
    return start(0);
  }

  /// Where what layer `from` takes stands.
  long start(final int from) {
    return rooms.get(from % 2).address();
  }

  @Override
  public void run(final CellList cells) {
    run(cells, 0);
  }

  /// From layer `from` on.
  void run(final CellList cells, final int from) {
    for (int i = from; i < layers.size(); i++) {
      layers.get(i).run(cells, start(i), start(i + 1));
    }
    ends.run(cells, start(layers.size()));
  }
}
