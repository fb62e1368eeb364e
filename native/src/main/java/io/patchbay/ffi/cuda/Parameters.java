package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory from which the driver copies the parameter of a launch before the launch returns: one
/// struct, and the array of one address that says where it is.
final class Parameters {
  /// Fields of eight bytes in the 4 KiB that every device takes.
  static final int MOST = 512;

  private final MemorySegment struct;
  private final MemorySegment array;

  Parameters(final Arena arena) {
    struct = arena.allocate(JAVA_LONG, MOST);
    array = arena.allocateFrom(JAVA_LONG, struct.address());
  }

  /// The address of the array.
  long pack(final long... fields) {
    MemorySegment.copy(fields, 0, struct, JAVA_LONG, 0, fields.length);
    return array.address();
  }
}
