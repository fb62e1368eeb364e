package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What one program holds of a device's memory.
final class Memory implements AutoCloseable {
  private final Device device;
  private final List<DeviceMemory> held = new ArrayList<>();

  Memory(final Device device) {
    this.device = device;
  }

  Device device() {
    return device;
  }

  long allocate(final String owner, final long bytes) {
    final var memory = device.allocate(owner, Math.max(bytes, 4));
    held.add(memory);
    return memory.address();
  }

  /// A table that stays as it is.
  long table(final String owner, final int[] words) {
    final long address = allocate(owner, 4L * words.length);
    if (words.length > 0) {
      device.upload(address, MemorySegment.ofArray(words));
    }
    return address;
  }

  long bytes() {
    return held.stream().mapToLong(DeviceMemory::bytes).sum();
  }

  @Override
  public void close() {
    held.forEach(DeviceMemory::close);
    held.clear();
  }
}
