package io.patchbay.ffi.cuda;

/// What a device is.
///
/// @param name as its maker says, such as `NVIDIA H100 80GB HBM3`
/// @param architecture such as `sm_90`
/// @param driver version of the driver, such as `13.0`
/// @param multiprocessors that run blocks
/// @param sharedPerBlock bytes of shared memory that a block may have
/// @param sharedPerMultiprocessor bytes of it that the blocks of a multiprocessor have together
/// @param reservedPerBlock bytes of these that each block takes beside its own
/// @param cache bytes of the second-level cache
/// @param memory bytes in all
public record DeviceFacts(
    String name,
    String architecture,
    String driver,
    int multiprocessors,
    int sharedPerBlock,
    int sharedPerMultiprocessor,
    int reservedPerBlock,
    long cache,
    long memory) {
  /// Blocks that a multiprocessor has shared memory for at once; at least one.
  ///
  /// @param shared bytes of a block
  public int blocksAtOnce(final int shared) {
    return Math.max(1, sharedPerMultiprocessor / (shared + reservedPerBlock));
  }
}
