package io.patchbay.analysis.semantics;

import java.util.List;

/// How far labels from few inputs agree with those from more.
///
/// @param units all units
/// @param same units whose label stays
/// @param named units that are monosemantic or polysemantic by either
/// @param namedSame of these, those whose label stays
public record LabelStability(int units, int same, int named, int namedSame) {
  /// @param fewer labels of the same units from a part of the inputs
  /// @param all labels from all inputs
  public static LabelStability of(List<UnitLabel> fewer, List<UnitLabel> all) {
    if (fewer.size() != all.size()) {
      throw new IllegalArgumentException(
          "labels of units: fewer=" + fewer.size() + ", all=" + all.size());
    }
    int same = 0;
    int named = 0;
    int namedSame = 0;
    for (int u = 0; u < all.size(); u++) {
      boolean stays = fewer.get(u) == all.get(u);
      boolean counts = named(fewer.get(u)) || named(all.get(u));
      same += stays ? 1 : 0;
      named += counts ? 1 : 0;
      namedSame += counts && stays ? 1 : 0;
    }
    return new LabelStability(all.size(), same, named, namedSame);
  }

  private static boolean named(UnitLabel label) {
    return label == UnitLabel.MONOSEMANTIC || label == UnitLabel.POLYSEMANTIC;
  }

  /// The share of units whose label stays.
  public double share() {
    return (double) same / units;
  }

  /// The same of units that have a factor's label by either; 1 where there is none.
  public double namedShare() {
    return named == 0 ? 1 : (double) namedSame / named;
  }
}
