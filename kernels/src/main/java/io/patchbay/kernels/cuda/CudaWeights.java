package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Slab;
import io.patchbay.engine.Weights;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.DeviceMemory;
import io.patchbay.kernels.shared.StateTable;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// States in one slab of the device's memory.
final class CudaWeights implements Weights {
  private final StateTable table;
  private final Device device;
  private final DeviceMemory slab;

  CudaWeights(final List<Node> states, final Device device) {
    this.device = device;
    this.table = new StateTable(states, 0);
    this.slab = device.allocate("weights", Math.max(table.bytes(), Slab.ALIGNMENT));
    device.fill(slab.address(), slab.bytes(), 0);
  }

  Device device() {
    return device;
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
    device.download(MemorySegment.ofArray(values), slab.address() + entry.offset());
    return values;
  }

  @Override
  public boolean holdsFloats() {
    return true;
  }

  @Override
  public void write(final String name, final float[] values) {
    final var entry = table.entry(name, values);
    device.upload(slab.address() + entry.offset(), MemorySegment.ofArray(values));
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
    return slab.address() + table.offset(node);
  }

  @Override
  public void close() {
    if (table.close()) {
      slab.close();
    }
  }
}
