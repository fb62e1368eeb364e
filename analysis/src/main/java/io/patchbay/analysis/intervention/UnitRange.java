package io.patchbay.analysis.intervention;

/// Elements `begin` (inclusive) to `end` (exclusive) of a site's value, in flat (C, H, W) order.
public record UnitRange(int begin, int end) {
  public UnitRange {
    if (begin < 0 || end <= begin) {
      throw new IllegalArgumentException("empty range of units: begin=" + begin + ", end=" + end);
    }
  }

  public int length() {
    return end - begin;
  }
}
