package io.patchbay.analysis.intervention;

import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/// A named place of a model's computation.
///
/// @param shape of its value, one row per input
public record Site(String name, Shape shape) {
  /// Elements of one row.
  public int size() {
    return shape.rowSize();
  }

  /// Channels of an image-shaped site, units of a flat one.
  public int channels() {
    return shape.dim(0);
  }

  /// The whole site as one unit.
  public Unit whole() {
    return new Unit("all", List.of(new UnitRange(0, size())));
  }

  /// One unit per channel, or per element of a flat site.
  public List<Unit> channelUnits() {
    final int each = size() / channels();
    final var units = new ArrayList<Unit>();
    for (int c = 0; c < channels(); c++) {
      units.add(new Unit(Integer.toString(c), List.of(new UnitRange(c * each, (c + 1) * each))));
    }
    return units;
  }

  /// One unit per element.
  public List<Unit> elementUnits() {
    final var units = new ArrayList<Unit>();
    for (int i = 0; i < size(); i++) {
      units.add(new Unit(elementName(i), List.of(new UnitRange(i, i + 1))));
    }
    return units;
  }

  private String elementName(final int index) {
    if (shape.rank() != 3) {
      return Integer.toString(index);
    }
    final int width = shape.dim(2);
    final int plane = shape.dim(1) * width;
    return index / plane + ":" + index % plane / width + ":" + index % width;
  }

  /// The rectangle of `height` x `width` positions at (`top`, `left`), all channels.
  ///
  /// @throws IllegalArgumentException when the site has no positions or the rectangle leaves it
  public Unit rectangle(final int top, final int left, final int height, final int width) {
    if (shape.rank() != 3
        || top < 0
        || left < 0
        || top + height > shape.dim(1)
        || left + width > shape.dim(2)) {
      throw new IllegalArgumentException(
          "rectangle outside the site: site="
              + name
              + ", shape="
              + shape
              + ", top="
              + top
              + ", left="
              + left
              + ", height="
              + height
              + ", width="
              + width);
    }
    final int columns = shape.dim(2);
    final int plane = shape.dim(1) * columns;
    final var ranges = new ArrayList<UnitRange>();
    for (int c = 0; c < channels(); c++) {
      for (int y = top; y < top + height; y++) {
        final int begin = c * plane + y * columns + left;
        ranges.add(new UnitRange(begin, begin + width));
      }
    }
    return new Unit(top + ":" + left, merge(ranges));
  }

  /// Joins ranges that touch.
  static List<UnitRange> merge(final List<UnitRange> ranges) {
    final var merged = new ArrayList<UnitRange>();
    for (final var range : ranges) {
      if (!merged.isEmpty() && merged.getLast().end() == range.begin()) {
        merged.add(new UnitRange(merged.removeLast().begin(), range.end()));
      } else {
        merged.add(range);
      }
    }
    return merged;
  }
}
