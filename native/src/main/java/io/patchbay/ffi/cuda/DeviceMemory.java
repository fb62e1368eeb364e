package io.patchbay.ffi.cuda;

/// One allocation, owned by whoever asked for it.
public interface DeviceMemory extends AutoCloseable {
  long address();

  long bytes();

  @Override
  void close();
}
