package io.patchbay.kernels.cuda;

import java.util.List;

/// Launches bound to their values.
///
/// @param name of the kernel
/// @param writes what it makes
/// @param reads what it reads
/// @param work asks the device for it; values have their places then
/// @param parts of it, each of which waits for `work` and for no other
record Step(
    String name, List<Value> writes, List<Value> reads, Runnable work, List<Runnable> parts) {
  Step {
    writes = List.copyOf(writes);
    reads = List.copyOf(reads);
    parts = List.copyOf(parts);
  }

  Step(final String name, final List<Value> writes, final List<Value> reads, final Runnable work) {
    this(name, writes, reads, work, List.of());
  }

  /// Asks for all of it, one after the other.
  void run() {
    work.run();
    parts.forEach(Runnable::run);
  }

  static Step of(
      final String name, final Value write, final List<Value> reads, final Runnable work) {
    return new Step(name, List.of(write), reads, work);
  }
}
