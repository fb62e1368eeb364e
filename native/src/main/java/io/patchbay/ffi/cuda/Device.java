package io.patchbay.ffi.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A device with memory of its own and one stream of work: what is asked for happens in the order
/// in which it was asked for, by one thread at a time.
public interface Device extends AutoCloseable {
  DeviceFacts facts();

  /// Memory whose contents are not defined, aligned to 256 bytes.
  ///
  /// @param owner who asks, for messages
  /// @throws OutOfDeviceMemoryException when there is not so much; nothing is allocated then
  DeviceMemory allocate(String owner, long bytes);

  /// Bytes that may still be allocated.
  long free();

  /// Copies the whole of `from`, of the heap or not, which may be changed when this returns.
  void upload(long to, MemorySegment from);

  /// Fills the whole of `to`, of the heap or not, when all asked for before is done.
  void download(MemorySegment to, long from);

  /// Copies `bytes` to the host when all asked for before is done, without waiting for it: what
  /// stands there then, whatever is asked for afterwards.
  Landing land(long from, long bytes);

  /// Copies within the device.
  void copy(long to, long from, long bytes);

  /// Writes `word` into each four bytes.
  void fill(long to, long bytes, int word);

  /// A kernel by the name of its source file without `.cu`, and its own.
  ///
  /// @throws io.patchbay.ffi.NativeException when there is none
  Kernel kernel(String source, String name);

  /// What compiles sources for this device, if anything does.
  SourceCompiler compiler();

  /// A kernel of a source that is compiled when it is first asked for.
  ///
  /// @throws io.patchbay.ffi.NativeException when it does not compile, with what is wrong first in
  ///   its first line, or has no such kernel, or when there is no compiler
  Kernel kernel(KernelSource source, String name);

  /// Notes what `work` asks for (launches, copies within the device and fills alone) instead of
  /// doing it.
  Recording record(Runnable work);

  /// Notes what tasks ask for; those that need not wait for each other may run at the same time.
  Recording record(List<Task> tasks);

  /// Asks for a task by itself, which what fails of it names.
  default void run(final Task task) {
    task.work().run();
  }

  /// Waits for all that was asked for.
  void synchronize();

  /// Milliseconds the device spends on `work`, waiting for its end.
  double milliseconds(Runnable work);

  /// Returns all memory; nothing may be asked for afterwards.
  @Override
  void close();
}
