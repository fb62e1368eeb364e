package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.patch.Route;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// One way to compute the cells of a sweep, and the work that it is.
///
/// @param route empty where everything that the site can change is computed whole
/// @param cell of one cell
/// @param base of one base input, whatever its cells
/// @param source of one input that cells take from
/// @param timed nanoseconds of one cell by the clock, where some were run; see [WayTrials]
public record Way(
    Optional<Route> route, WorkCount cell, WorkCount base, WorkCount source, OptionalDouble timed) {
  /// Of which no cell was run.
  Way(
      final Optional<Route> route,
      final WorkCount cell,
      final WorkCount base,
      final WorkCount source) {
    this(route, cell, base, source, OptionalDouble.empty());
  }

  /// How much of each there is in a sweep.
  public record Extent(double bases, double sources, double cells) {
    /// One base with its cells.
    static Extent perBase(final double cells) {
      return new Extent(1, 0, cells);
    }
  }

  public String name() {
    return Route.name(route);
  }

  /// Whether the effect is taken of the change itself.
  public boolean measures() {
    return route.isPresent() && route.get().measures();
  }

  /// The kinds of work that it is made of.
  public Set<Work> kinds() {
    return cell.plus(base).plus(source).kinds();
  }

  Way with(final WorkCount other) {
    return new Way(route, other, base, source, timed);
  }

  Way timed(final double nanos) {
    return new Way(route, cell, base, source, OptionalDouble.of(nanos));
  }

  /// Multiply-adds of a sweep.
  public double operations(final Extent extent) {
    return extent.bases() * base.operations()
        + extent.sources() * source.operations()
        + extent.cells() * cell.operations();
  }

  /// Nanoseconds of a sweep.
  public double nanos(final MachineRates rates, final Extent extent) {
    return extent.bases() * rates.nanos(base)
        + extent.sources() * rates.nanos(source)
        + extent.cells() * timed.orElseGet(() -> rates.nanos(cell));
  }
}
