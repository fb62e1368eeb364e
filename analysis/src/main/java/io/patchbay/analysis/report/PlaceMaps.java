package io.patchbay.analysis.report;

import java.util.List;

/// Where in the image something happens: one map per unit, all of one size.
///
/// @param quantity what a cell is, with its unit, such as `mean squared difference of the output`
/// @param note how it was made (interventions, window and stride of an occlusion)
/// @param maps drawn on one common scale
/// @param n base inputs
public record PlaceMaps(String quantity, String note, List<PlaceMap> maps, long n) {

  public PlaceMaps {
    maps = List.copyOf(maps);
    for (PlaceMap map : maps) {
      map.values()
          .requireShape(
              "place map " + map.unit(),
              maps.getFirst().values().rows(),
              maps.getFirst().values().columns());
    }
  }

  /// One unit; row 0 of `values` is the top of the image.
  public record PlaceMap(String unit, Grid values) {}
}
