package io.patchbay.ffi.cuda;

/// What a device is.
///
/// @param name as its maker says, such as `NVIDIA H100 80GB HBM3`
/// @param architecture such as `sm_90`
/// @param driver version of the driver, such as `13.0`
/// @param multiprocessors that run blocks
/// @param sharedPerBlock bytes a block may have
/// @param cache bytes of the second-level cache
/// @param memory bytes in all
public record DeviceFacts(
    String name,
    String architecture,
    String driver,
    int multiprocessors,
    int sharedPerBlock,
    long cache,
    long memory) {}
