package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Launch;

/// How many blocks run kernels whose threads take elements one after the other.
record Grid(int multiprocessors) {
  /// Threads of a block.
  static final int THREADS = 256;

  /// Blocks of one multiprocessor, several rounds of them: those that end early make room.
  private static final int BLOCKS = 16;

  static Grid of(final Device device) {
    return new Grid(device.facts().multiprocessors());
  }

  int most() {
    return BLOCKS * multiprocessors;
  }

  /// A thread for each of `count` elements, or fewer threads that take several.
  Launch covering(final long count) {
    return Launch.covering(count, THREADS, most());
  }

  /// A block for each of `count` parts of the work.
  int blocks(final long count) {
    return Math.clamp(count, 1, most());
  }
}
