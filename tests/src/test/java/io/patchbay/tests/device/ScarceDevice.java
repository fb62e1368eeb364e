package io.patchbay.tests.device;

import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.DeviceFacts;
import io.patchbay.ffi.cuda.DeviceMemory;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.KernelSource;
import io.patchbay.ffi.cuda.Landing;
import io.patchbay.ffi.cuda.OutOfDeviceMemoryException;
import io.patchbay.ffi.cuda.Recording;
import io.patchbay.ffi.cuda.SourceCompiler;
import io.patchbay.ffi.cuda.Task;
import io.patchbay.kernels.cuda.EmulatedDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// An emulated device that has less memory than it says, as one that another process takes from,
/// and that may be lost.
final class ScarceDevice implements Device {
  private final Device device;
  private final long most;
  private long left = Long.MAX_VALUE;
  private long used;
  private long peak;

  /// @param memory bytes that it says it has
  /// @param most bytes that it gives
  ScarceDevice(final long memory, final long most) {
    this.device = EmulatedDevice.open(memory, 0);
    this.most = most;
  }

  /// Loses the device at this download from now on.
  void loseAt(final long download) {
    left = download;
  }

  /// Bytes that are held now.
  long used() {
    return used;
  }

  /// The most bytes that were held.
  long peak() {
    return peak;
  }

  @Override
  public DeviceMemory allocate(final String owner, final long bytes) {
    if (used + bytes > most) {
      throw new OutOfDeviceMemoryException(owner, bytes, most - used);
    }
    final var memory = device.allocate(owner, bytes);
    used += bytes;
    peak = Math.max(peak, used);
    return new DeviceMemory() {
      private boolean closed;

      @Override
      public long address() {
        return memory.address();
      }

      @Override
      public long bytes() {
        return memory.bytes();
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          used -= bytes;
          memory.close();
        }
      }
    };
  }

  @Override
  public DeviceFacts facts() {
    return device.facts();
  }

  @Override
  public long free() {
    return device.free();
  }

  @Override
  public void upload(final long to, final MemorySegment from) {
    device.upload(to, from);
  }

  @Override
  public Landing land(final long from, final long bytes) {
    countDown();
    return device.land(from, bytes);
  }

  @Override
  public void download(final MemorySegment to, final long from) {
    countDown();
    device.download(to, from);
  }

  private void countDown() {
    if (--left <= 0) {
      throw new NativeException("CUDA call failed: the device is gone");
    }
  }

  @Override
  public void copy(final long to, final long from, final long bytes) {
    device.copy(to, from, bytes);
  }

  @Override
  public void fill(final long to, final long bytes, final int word) {
    device.fill(to, bytes, word);
  }

  @Override
  public Kernel kernel(final String source, final String name) {
    return device.kernel(source, name);
  }

  @Override
  public SourceCompiler compiler() {
    return device.compiler();
  }

  @Override
  public Kernel kernel(final KernelSource source, final String name) {
    return device.kernel(source, name);
  }

  @Override
  public Recording record(final Runnable work) {
    return device.record(work);
  }

  @Override
  public Recording record(final List<Task> tasks) {
    return device.record(tasks);
  }

  @Override
  public void synchronize() {
    device.synchronize();
  }

  @Override
  public double milliseconds(final Runnable work) {
    return device.milliseconds(work);
  }

  @Override
  public void close() {
    device.close();
  }
}
