package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.patchbay.engine.Node;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Weights;
import io.patchbay.ffi.HostMemory;
import io.patchbay.kernels.shared.StateTable;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// States in one slab of host memory.
final class CpuWeights implements Weights {
  private final StateTable table;
  private final HostMemory.Block block;
  private final Optional<Fence> fence;

  /// @param fence stands around every state, where there is one
  CpuWeights(final List<Node> states, final HostMemory account, final Optional<Fence> fence) {
    this.fence = fence;
    this.table = new StateTable(states, fence.isPresent() ? Fence.WIDTH : 0);
    this.block = account.allocate("weights", table.bytes());
    final long start = block.segment().address();
    fence.ifPresent(f ->
        table.forEach((name, entry) ->
            f.around(
                name, start + entry.offset(), entry.bytes(), entry.bytes() + 2 * Fence.WIDTH)));
  }

  Optional<Fence> fence() {
    return fence;
  }

  @Override
  public List<String> names() {
    return table.names();
  }

  @Override
  public Shape shape(final String name) {
    return table.entry(name).shape();
  }

  @Override
  public float[] read(final String name) {
    final var entry = table.entry(name);
    final var values = new float[entry.shape().rowSize()];
    MemorySegment.copy(block.segment(), JAVA_FLOAT, entry.offset(), values, 0, values.length);
    return values;
  }

  @Override
  public boolean holdsFloats() {
    return true;
  }

  @Override
  public void write(final String name, final float[] values) {
    final var entry = table.entry(name, values);
    MemorySegment.copy(values, 0, block.segment(), JAVA_FLOAT, entry.offset(), values.length);
    changed();
  }

  @Override
  public long version() {
    return table.version();
  }

  void changed() {
    table.changed();
  }

  /// The address of a state.
  ///
  /// @throws IllegalArgumentException when it is not here, or has another shape
  long address(final Node node) {
    return block.segment().address() + table.offset(node);
  }

  @Override
  public void close() {
    if (table.close()) {
      block.close();
    }
  }
}
