package io.patchbay.kernels.cpu;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Sizes;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Where one worker stands: its block of rows, its block-sized memory, and scratch for the small
/// arrays that some kernels take.
final class Frame {
  /// Bytes of scratch.
  static final long SCRATCH = 8192;

  private final int worker;
  private final long local;
  private final MemorySegment scratch;
  private Sizes sizes = Sizes.none();
  private int first;

  /// @param worker its number, from 0 on
  Frame(final int worker, final long local, final MemorySegment scratch) {
    this.worker = worker;
    this.local = local;
    this.scratch = scratch;
  }

  void begin(final Sizes run, final int firstRow) {
    this.sizes = run;
    this.first = firstRow;
  }

  int worker() {
    return worker;
  }

  /// Address of the block-sized memory.
  long local() {
    return local;
  }

  /// The first row of the block.
  int first() {
    return first;
  }

  MemorySegment scratch() {
    return scratch;
  }

  int rows(final @Nullable Axis axis) {
    return sizes.of(axis);
  }
}
