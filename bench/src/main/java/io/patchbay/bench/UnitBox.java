package io.patchbay.bench;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitRange;
import java.util.ArrayList;
import java.util.List;

/// What one intervention changes: a rectangle of positions of one channel of a site.
public record UnitBox(NetSite site, int channel, int top, int left, int height, int width) {
  /// A whole channel.
  static UnitBox channel(final NetSite site, final int channel) {
    return new UnitBox(site, channel, 0, 0, site.side(), site.side());
  }

  /// One element of a channel.
  static UnitBox element(final NetSite site, final int channel, final int y, final int x) {
    return new UnitBox(site, channel, y, x, 1, 1);
  }

  /// The elements as ranges of the site's flat (C, H, W) order.
  List<UnitRange> ranges() {
    final int side = site.side();
    final int plane = channel * side * side;
    if (height == side && width == side) {
      return List.of(new UnitRange(plane, plane + side * side));
    }
    final var rows = new ArrayList<UnitRange>();
    for (int y = top; y < top + height; y++) {
      final int begin = plane + y * side + left;
      rows.add(new UnitRange(begin, begin + width));
    }
    return rows;
  }

  /// The unit by its place, as the analysis takes it.
  Unit unit() {
    return new Unit(channel + ":" + top + ":" + left, ranges());
  }
}
