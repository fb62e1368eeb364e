package io.patchbay.ffi.cuda;

import java.util.Comparator;

/// What a GPU can do, as NVIDIA numbers it, such as 8.0.
public record Capability(int major, int minor) implements Comparable<Capability> {
  private static final Comparator<Capability> ORDER =
      Comparator.comparingInt(Capability::major).thenComparingInt(Capability::minor);

  @Override
  public int compareTo(final Capability other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
