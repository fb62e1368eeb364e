package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.bytedeco.cuda.global.cudart.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory from which the driver copies what a launch is given before the launch returns: one
/// struct, and the array of one address that says where it is.
final class Parameters {
  /// Fields of eight bytes in the 4 KiB that every device takes.
  static final int MOST = 512;

  /// Of `CUlaunchConfig`, and where its stream, its attributes and their number stand.
  private static final int CONFIG = 56;

  private static final int STREAM = 32;
  private static final int ATTRIBUTES = 40;
  private static final int COUNT = 48;

  /// Of `CUlaunchAttribute`, and where its value stands.
  private static final int ATTRIBUTE = 72;

  private static final int VALUE = 8;

  private final MemorySegment struct;
  private final MemorySegment array;
  private final MemorySegment config;

  Parameters(final Arena arena) {
    struct = arena.allocate(JAVA_LONG, MOST);
    array = arena.allocateFrom(JAVA_LONG, struct.address());
    final var attribute = arena.allocate(ATTRIBUTE, Long.BYTES);
    attribute.set(JAVA_INT, 0, CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION);
    attribute.set(JAVA_INT, VALUE, 1);
    config = arena.allocate(CONFIG, Long.BYTES);
    config.set(JAVA_LONG, ATTRIBUTES, attribute.address());
    config.set(JAVA_INT, COUNT, 1);
  }

  /// The address of the array.
  long pack(final long... fields) {
    MemorySegment.copy(fields, 0, struct, JAVA_LONG, 0, fields.length);
    return array.address();
  }

  /// The address of how a kernel is launched that may begin before the launch before it has ended.
  long overlapping(final Launch shape, final long stream) {
    final int[] sizes = {
      shape.blocksX(), shape.blocksY(), 1, shape.threads(), 1, 1, shape.shared(),
    };
    MemorySegment.copy(sizes, 0, config, JAVA_INT, 0, sizes.length);
    config.set(JAVA_LONG, STREAM, stream);
    return config.address();
  }
}
