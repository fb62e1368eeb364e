package io.patchbay.kernels.cuda;

import java.util.List;

/// Launches bound to their values.
///
/// @param name of the kernel
/// @param writes what it makes
/// @param reads what it reads
/// @param work asks the device for it; values have their places then
record Step(String name, List<Value> writes, List<Value> reads, Runnable work) {
  Step {
    writes = List.copyOf(writes);
    reads = List.copyOf(reads);
  }

  static Step of(
      final String name, final Value write, final List<Value> reads, final Runnable work) {
    return new Step(name, List.of(write), reads, work);
  }
}
