package io.patchbay.ffi.cuda;

/// Whether a device compiles sources.
///
/// @param present whether it does
/// @param text what compiles them, such as `NVRTC 13.0`, or why nothing does, in one line
public record SourceCompiler(boolean present, String text) {}
