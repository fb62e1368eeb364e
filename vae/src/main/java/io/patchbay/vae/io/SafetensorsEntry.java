package io.patchbay.vae.io;

import java.util.List;

/// One tensor of a safetensors file.
///
/// @param begin first byte, counted from the end of the header
/// @param end byte after its last
public record SafetensorsEntry(
    String name, ElementType type, List<Long> shape, long begin, long end) {
  public SafetensorsEntry {
    shape = List.copyOf(shape);
  }
}
