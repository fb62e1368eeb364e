package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_OUT_OF_MEMORY;

import java.util.List;
import java.util.TreeMap;

/// What is allocated on a device, by address. Requests that go from the host are held to lie within
/// one allocation.
final class DeviceAccount {
  private final CudaContext context;
  private final CudaStream stream;
  private final TreeMap<Long, CudaMemory> live = new TreeMap<>();

  DeviceAccount(final CudaContext context, final CudaStream stream) {
    this.context = context;
    this.stream = stream;
  }

  CudaMemory allocate(final String owner, final long bytes) {
    context.enterOutside("memory for " + owner);
    if (bytes < 0) {
      throw new IllegalArgumentException("no such size: owner=" + owner + ", bytes=" + bytes);
    }
    final int status =
        context.calls().call(DriverFunction.MEM_ALLOC, context.cell(), Math.max(bytes, 1));
    if (status == CUDA_ERROR_OUT_OF_MEMORY) {
      throw new OutOfDeviceMemoryException(owner, bytes, free());
    }
    context.check(status);
    final var memory = new CudaMemory(this, owner, context.written(), bytes);
    live.put(memory.address(), memory);
    return memory;
  }

  long free() {
    context.enter();
    context.check(
        context.calls().call(DriverFunction.MEM_GET_INFO, context.cell(), context.secondCell()));
    return context.written();
  }

  /// Waits for the work that may use the memory. Of a device that is lost or closed nothing is left
  /// to return.
  void release(final CudaMemory memory) {
    if (!context.gone()) {
      stream.synchronize("the return of memory of " + memory.owner());
      context.check(context.calls().call(DriverFunction.MEM_FREE, memory.address()));
    }
    live.remove(memory.address());
  }

  /// @param what the request, for the message
  void check(final String what, final long address, final long bytes) {
    if (bytes == 0) {
      return;
    }
    final var below = live.floorEntry(address);
    if (bytes < 0
        || below == null
        || bytes > below.getValue().bytes() - (address - below.getKey())) {
      throw new IllegalArgumentException(
          "beyond the memory of the device: request="
              + what
              + ", address=0x"
              + Long.toHexString(address)
              + ", bytes="
              + bytes
              + (below == null
                  ? ""
                  : ", nearest=" + below.getValue().owner() + " of " + below.getValue().bytes()));
    }
  }

  void close() {
    List.copyOf(live.values()).forEach(CudaMemory::close);
  }
}
