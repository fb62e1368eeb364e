package io.patchbay.analysis.sweep.folder;

import java.util.Collections;
import java.util.List;

/// The cells of a sweep whose effect is not a finite number.
///
/// @param count all of them
/// @param perUnit how many each unit has
/// @param listed which of them are listed: `all`, or `the first N`
/// @param first those, in their order, with where they went wrong
public record FailedCells(long count, List<Long> perUnit, String listed, List<Failed> first) {
  public FailedCells {
    perUnit = List.copyOf(perUnit);
    first = List.copyOf(first);
  }

  public static FailedCells of(
      final long count, final List<Long> perUnit, final List<Failed> first) {
    final var listed = first.size() == count ? "all" : "the first " + first.size();
    return new FailedCells(count, perUnit, listed, first);
  }

  public static FailedCells none(final int units) {
    return of(0, Collections.nCopies(units, 0L), List.of());
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
