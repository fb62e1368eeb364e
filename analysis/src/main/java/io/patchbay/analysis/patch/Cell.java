package io.patchbay.analysis.patch;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Unit;
import java.util.List;

/// One run of the suffix: a base and what is changed in it.
///
/// @param base row of the base table
/// @param changes at most one per patched site; a site without a change runs as it is
/// @param direction row of the directions that its own product is taken with, see
///   [PatchRunner#products]
public record Cell(int base, List<Change> changes, int direction) {
  public Cell {
    changes = List.copyOf(changes);
  }

  public Cell(final int base, final List<Change> changes) {
    this(base, changes, 0);
  }

  /// The same with a direction of its own.
  public Cell along(final int row) {
    return new Cell(base, changes, row);
  }

  /// A change at the only patched site.
  public static Cell of(final int base, final Change change) {
    return new Cell(base, List.of(change));
  }

  /// @param site the patched site
  /// @param unit what is changed there
  /// @param source row of the source table
  public record Change(String site, Unit unit, Coefficients coefficients, int source) {
    /// The unit's elements are taken from a source.
    public static Change interchange(final String site, final Unit unit, final int source) {
      return new Change(site, unit, Coefficients.of(0, 0, 1), source);
    }

    /// The unit's elements become what an op of the user's own makes of them; the runner knows the
    /// op of the site.
    ///
    /// @param value the op's `value`
    /// @param source row of the source table
    public static Change custom(
        final String site, final Unit unit, final double value, final int source) {
      return new Change(site, unit, Coefficients.of(0, value, 0), source);
    }

    /// The unit's elements become `value`.
    public static Change set(final String site, final Unit unit, final double value) {
      return new Change(site, unit, Coefficients.of(0, value, 0), 0);
    }
  }
}
