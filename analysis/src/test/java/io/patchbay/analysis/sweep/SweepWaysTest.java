package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.sweep.route.MachineRates;
import io.patchbay.analysis.sweep.route.Way;
import io.patchbay.analysis.sweep.route.Way.Extent;
import io.patchbay.analysis.sweep.route.Work;
import io.patchbay.analysis.sweep.route.WorkCount;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The way of a sweep is the one that takes the least time for all of it.
class SweepWaysTest {
  /// A nanosecond for everything.
  private static Map<Work, Double> ones() {
    return Arrays.stream(Work.values()).collect(Collectors.toMap(work -> work, _ -> 1.0));
  }

  /// @param cell nanoseconds of one
  /// @param base nanoseconds of one
  private static Way way(final Optional<Route> route, final double cell, final double base) {
    return new Way(route, cells(cell), cells(base), cells(0), OptionalDouble.empty());
  }

  private static WorkCount cells(final double amount) {
    return new WorkCount(Map.of(Work.CELL, amount), 0);
  }

  /// Few cells an input are computed by the way whose inputs cost less, many by that whose cells
  /// do.
  @Test
  void theWholeSweepDecides() {
    final var bases = way(Optional.empty(), 9, 1);
    final var cells = way(Optional.of(new Route("output", 1, true, true)), 1, 100);
    final var ways = List.of(bases, cells);
    final var rates = new MachineRates(ones(), 1);
    assertEquals(
        bases, new SweepWays(ways, true, Optional.empty(), new Extent(5, 0, 10)).cheapest(rates));
    assertEquals(
        cells, new SweepWays(ways, true, Optional.empty(), new Extent(5, 0, 1000)).cheapest(rates));
  }
}
