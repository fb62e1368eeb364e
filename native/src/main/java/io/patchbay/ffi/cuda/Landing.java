package io.patchbay.ffi.cuda;

import java.lang.foreign.MemorySegment;

/// What [Device#land] asked for, on its way to the host or there.
public interface Landing extends AutoCloseable {
  /// Waits until it is there, and fills `to` with it: as many bytes as were asked for.
  void into(MemorySegment to);

  /// What has not come is not waited for. Nothing can be read afterwards.
  @Override
  void close();
}
