package io.patchbay.kernels.cpu;

import io.patchbay.ffi.HostMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The native memory of one program, returned as a whole when the program is closed.
final class Memory implements AutoCloseable {
  private final HostMemory account;
  private final List<HostMemory.Block> blocks = new ArrayList<>();
  private long bytes;
  private MemorySegment stage = MemorySegment.NULL;

  Memory(final HostMemory account) {
    this.account = account;
  }

  /// Zeroed memory that lives as long as the program.
  MemorySegment permanent(final String owner, final long size) {
    final var block = account.allocate(owner, size);
    blocks.add(block);
    bytes += size;
    return block.segment();
  }

  /// Memory for passing values through; good until the next call.
  MemorySegment stage(final long size) {
    if (stage.byteSize() < size) {
      stage = permanent("staging", size);
    }
    return stage;
  }

  /// A view of memory of this program by its address.
  @SuppressWarnings("restricted") // addresses are those of placed values
  static MemorySegment at(final long address, final long size) {
    return MemorySegment.ofAddress(address).reinterpret(size);
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    blocks.forEach(HostMemory.Block::close);
    blocks.clear();
  }
}
