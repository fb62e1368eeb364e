package io.patchbay.ffi.cuda;

/// Work that was noted once and may be asked for again, as one request.
public interface Recording extends AutoCloseable {
  void replay();

  @Override
  void close();
}
