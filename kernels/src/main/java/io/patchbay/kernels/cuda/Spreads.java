package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes integers of rows by patterns, from tables that are all that comes from the host
/// (`index_spread.cu`): those of several values in one launch, before somebody may see them.
final class Spreads {
  /// Patterns of a launch, and fields of each.
  private static final int MOST = 4;

  private static final int FIELDS = 5;

  private final Memory memory;
  private final Grid grid;
  private final Kernel kernel;
  private final Map<Value, Long> tables = new HashMap<>();
  private final Map<Value, Pattern> asked = new LinkedHashMap<>();

  /// What a value is to hold.
  private record Pattern(long table, int block, int each, int rows) {}

  Spreads(final Memory memory) {
    this.memory = memory;
    this.grid = Grid.of(memory.device());
    this.kernel = memory.device().kernel("index_spread", "index_spread");
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
    asked.put(to, new Pattern(table, block, each, rows));
  }

  /// Before a value is written in another way.
  void settle(final Value value) {
    if (asked.containsKey(value)) {
      settle();
    }
  }

  /// Before a run.
  void settle() {
    final var all = List.copyOf(asked.entrySet());
    asked.clear();
    for (int first = 0; first < all.size(); first += MOST) {
      launch(all.subList(first, Math.min(all.size(), first + MOST)));
    }
  }

  private void launch(final List<Map.Entry<Value, Pattern>> patterns) {
    final var fields = new long[MOST * FIELDS];
    int rows = 0;
    for (int i = 0; i < patterns.size(); i++) {
      final var of = patterns.get(i).getValue();
      final long[] own = {
        of.table(), patterns.get(i).getKey().address(), of.block(), of.each(), of.rows()
      };
      System.arraycopy(own, 0, fields, FIELDS * i, FIELDS);
      rows = Math.max(rows, of.rows());
    }
    final var across = grid.covering(rows);
    kernel.launch(new Launch(across.blocksX(), patterns.size(), across.threads(), 0), fields);
  }
}
