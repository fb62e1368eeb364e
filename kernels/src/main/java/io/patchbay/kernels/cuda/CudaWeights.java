package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Slab;
import io.patchbay.engine.Weights;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// States in one slab of the device's memory, each in its logical order.
final class CudaWeights implements Weights {
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Device device;
  private final DeviceMemory slab;
  private long version = 1;
  private boolean closed;

  private record Entry(Shape shape, long offset) {}

  CudaWeights(final List<Node> states, final Device device) {
    this.device = device;
    final var layout = new Slab();
    for (final var node : states) {
      if (!(node.op() instanceof final Op.State state)) {
        throw new IllegalArgumentException("not a state: " + node);
      }
      final long offset = layout.place(4L * node.shape().rowSize(), 0, 0);
      entries.put(state.name(), new Entry(node.shape(), offset));
    }
    this.slab = device.allocate("weights", Math.max(layout.size(), Slab.ALIGNMENT));
    device.fill(slab.address(), slab.bytes(), 0);
  }

  Device device() {
    return device;
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
    device.download(MemorySegment.ofArray(values), slab.address() + entry.offset());
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
    device.upload(slab.address() + entry.offset(), MemorySegment.ofArray(values));
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
    return slab.address() + entry.offset();
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
    if (!closed) {
      closed = true;
      slab.close();
    }
  }
}
