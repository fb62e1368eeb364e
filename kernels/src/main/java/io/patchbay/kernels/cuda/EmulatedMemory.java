package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.DeviceMemory;
import io.patchbay.ffi.cuda.OutOfDeviceMemoryException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The memory of an emulated device, of which each piece lies between guard bands.
final class EmulatedMemory implements AutoCloseable {
  private final EmulatorLibrary library;
  private final long bytes;
  private final Set<Allocation> allocations = new LinkedHashSet<>();
  private long used;

  /// @param bytes that may be held at once
  EmulatedMemory(final EmulatorLibrary library, final long bytes) {
    this.library = library;
    this.bytes = bytes;
  }

  long bytes() {
    return bytes;
  }

  long free() {
    return bytes - used;
  }

  DeviceMemory allocate(final String owner, final long asked) {
    if (asked < 0) {
      throw new IllegalArgumentException("no such allocation: owner=" + owner + ", bytes=" + asked);
    }
    final long address = asked > free() ? 0 : library.allocate(owner, asked);
    if (address == 0) {
      throw new OutOfDeviceMemoryException(owner, asked, free());
    }
    used += asked;
    final var allocation = new Allocation(address, asked);
    allocations.add(allocation);
    return allocation;
  }

  /// Whether an address is within a piece.
  boolean holds(final long address) {
    return allocations.stream().anyMatch(a -> a.holds(address));
  }

  @SuppressWarnings("restricted") // memory of the emulator, whose bounds it has just checked
  MemorySegment segment(final long address, final long size) {
    library.check(address, size);
    return MemorySegment.ofAddress(address).reinterpret(size);
  }

  @Override
  public void close() {
    List.copyOf(allocations).forEach(Allocation::close);
  }

  private final class Allocation implements DeviceMemory {
    private final long address;
    private final long size;

    Allocation(final long address, final long size) {
      this.address = address;
      this.size = size;
    }

    boolean holds(final long at) {
      return at >= address && at < address + size;
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public long bytes() {
      return size;
    }

    @Override
    public void close() {
      if (allocations.remove(this)) {
        used -= size;
        library.free(address);
      }
    }
  }
}
