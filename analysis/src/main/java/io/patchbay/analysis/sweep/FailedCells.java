package io.patchbay.analysis.sweep;

import java.util.List;

/// The cells of a sweep whose effect is not a finite number.
///
/// @param count all of them
/// @param perUnit how many each unit has
/// @param first the first ones, with where they went wrong
public record FailedCells(long count, List<Long> perUnit, List<Failed> first) {
  public FailedCells {
    perUnit = List.copyOf(perUnit);
    first = List.copyOf(first);
  }

  /// One of them.
  ///
  /// @param input row of the data set
  /// @param site the first site, in the order of the computation, with a value that is not finite;
  ///   `effect` where the values of all sites are finite and the effect alone is not
  public record Failed(long input, String unit, String variation, int draw, String site) {
    @Override
    public String toString() {
      return "input="
          + input
          + ", unit="
          + unit
          + (variation.isEmpty() ? "" : ", " + variation)
          + ", draw="
          + draw
          + ", site="
          + site;
    }
  }
}
