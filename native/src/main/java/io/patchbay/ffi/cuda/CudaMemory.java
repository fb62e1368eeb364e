package io.patchbay.ffi.cuda;

/// Memory of a device, returned to its account when closed.
final class CudaMemory implements DeviceMemory {
  private final DeviceAccount account;
  private final String owner;
  private final long address;
  private final long bytes;
  private boolean closed;

  CudaMemory(
      final DeviceAccount account, final String owner, final long address, final long bytes) {
    this.account = account;
    this.owner = owner;
    this.address = address;
    this.bytes = bytes;
  }

  String owner() {
    return owner;
  }

  @Override
  public long address() {
    return address;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    if (!closed) {
      account.release(this);
      closed = true;
    }
  }
}
