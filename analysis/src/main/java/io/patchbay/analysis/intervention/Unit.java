package io.patchbay.analysis.intervention;

import java.util.List;

/// What one intervention changes at a site: a latent, a channel, a position, a rectangle, or a
/// named group. The ranges are ascending and do not overlap.
public record Unit(String name, List<UnitRange> ranges) {
  public Unit {
    ranges = List.copyOf(ranges);
    int at = 0;
    for (final var range : ranges) {
      if (range.begin() < at) {
        throw new IllegalArgumentException("ranges overlap or descend: unit=" + name);
      }
      at = range.end();
    }
  }

  /// Elements that this unit covers.
  public int size() {
    return ranges.stream().mapToInt(UnitRange::length).sum();
  }
}
