package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Kernel;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// Writes integers of rows by a pattern, from a table that is all that comes from the host
/// (`lists.cu`).
final class Spreads {
  private final Memory memory;
  private final Grid grid;
  private final Kernel kernel;
  private final Map<Value, Long> tables = new HashMap<>();

  Spreads(final Memory memory) {
    this.memory = memory;
    this.grid = Grid.of(memory.device());
    this.kernel = memory.device().kernel("lists", "index_spread");
  }

  /// See [io.patchbay.engine.Program#spread].
  ///
  /// @param most rows that the value has room for
  void write(
      final Value to,
      final int[] values,
      final int block,
      final int each,
      final int rows,
      final int most) {
    final long table =
        tables.computeIfAbsent(
            to, value -> memory.allocate("pattern of " + value, (long) Integer.BYTES * most));
    final int needed = (rows - 1) / block * each + Math.min(each, rows);
    memory.device().upload(table, MemorySegment.ofArray(values).asSlice(0, 4L * needed));
    kernel.launch(grid.covering(rows), table, to.address(), block, each, rows);
  }
}
