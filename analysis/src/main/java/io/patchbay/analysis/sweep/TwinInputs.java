package io.patchbay.analysis.sweep;

import io.patchbay.analysis.sweep.InputCells.Computed;
import java.util.HashMap;
import java.util.Map;

/// Computes an input that was drawn several times once for each shard. A shard is the part of a
/// sweep that is kept or lost as a whole, so this does not depend on where a sweep was stopped.
final class TwinInputs implements InputCells {
  private final InputCells cells;
  private final int perShard;
  private final Map<Long, Computed> shard = new HashMap<>();
  private int at;

  /// @param perShard inputs that are asked for one after the other and belong together
  TwinInputs(final InputCells cells, final int perShard) {
    this.cells = cells;
    this.perShard = perShard;
  }

  @Override
  public Computed run(final long row) {
    if (at++ % perShard == 0) {
      shard.clear();
    }
    final var twin = shard.get(row);
    if (twin != null) {
      return new Computed(twin.effects(), 0, twin.effects().length, 0);
    }
    final var computed = cells.run(row);
    shard.put(row, computed);
    return computed;
  }

  @Override
  public void next(final int from, final int to) {
    at = 0;
    cells.next(from, to);
  }

  @Override
  public int together() {
    return cells.together();
  }

  @Override
  public int rows() {
    return cells.rows();
  }

  @Override
  public void close() {
    cells.close();
  }
}
