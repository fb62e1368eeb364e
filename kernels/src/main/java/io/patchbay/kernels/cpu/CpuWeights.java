package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Slab;
import io.patchbay.engine.Weights;
import io.patchbay.ffi.HostMemory;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// States in one slab, each in its logical order.
final class CpuWeights implements Weights {
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final HostMemory.Block block;
  private final Optional<Fence> fence;
  private long version = 1;
  private boolean closed;

  private record Entry(Shape shape, long offset) {}

  /// @param fence stands around every state, where there is one
  CpuWeights(final List<Node> states, final HostMemory account, final Optional<Fence> fence) {
    this.fence = fence;
    final long beside = fence.isPresent() ? Fence.WIDTH : 0;
    final var slab = new Slab();
    for (final var node : states) {
      if (!(node.op() instanceof final Op.State state)) {
        throw new IllegalArgumentException("not a state: " + node);
      }
      final long offset = slab.place(4L * node.shape().rowSize() + 2 * beside, 0, 0) + beside;
      entries.put(state.name(), new Entry(node.shape(), offset));
    }
    this.block = account.allocate("weights", slab.size());
    final long start = block.segment().address();
    fence.ifPresent(f ->
        entries.forEach((name, entry) -> {
          final long bytes = 4L * entry.shape().rowSize();
          f.around(name, start + entry.offset(), bytes, bytes + 2 * Fence.WIDTH);
        }));
  }

  Optional<Fence> fence() {
    return fence;
  }

  @Override
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  @Override
  public Shape shape(final String name) {
    return entry(name).shape();
  }

  @Override
  public float[] read(final String name) {
    final var entry = entry(name);
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
    final var entry = entry(name);
    if (values.length != entry.shape().rowSize()) {
      throw new IllegalArgumentException(
          "state has another size: name="
              + name
              + ", shape="
              + entry.shape()
              + ", values="
              + values.length);
    }
    MemorySegment.copy(values, 0, block.segment(), JAVA_FLOAT, entry.offset(), values.length);
    changed();
  }

  @Override
  public long version() {
    return version;
  }

  void changed() {
    version++;
  }

  /// The address of a state.
  ///
  /// @throws IllegalArgumentException when it is not here, or has another shape
  long address(final Node node) {
    final var name = ((Op.State) node.op()).name();
    final var entry = entry(name);
    if (!entry.shape().equals(node.shape())) {
      throw new IllegalArgumentException(
          "state has another shape: name="
              + name
              + ", weights="
              + entry.shape()
              + ", plan="
              + node.shape());
    }
    return block.segment().address() + entry.offset();
  }

  private Entry entry(final String name) {
    if (closed) {
      throw new IllegalStateException("weights are closed");
    }
    final var entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no such state: name=" + name);
    }
    return entry;
  }

  @Override
  public void close() {
    closed = true;
    block.close();
  }
}
