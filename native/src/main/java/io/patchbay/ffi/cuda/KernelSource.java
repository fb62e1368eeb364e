package io.patchbay.ffi.cuda;

import java.util.Map;

/// CUDA source of kernels that a device compiles itself, for what is known only when a program
/// runs.
///
/// @param name for messages, such as `patch_program.cu`
/// @param headers what it may include, by the names it includes them by
public record KernelSource(String name, String text, Map<String, String> headers) {
  public KernelSource {
    headers = Map.copyOf(headers);
  }
}
