package io.patchbay.analysis.sweep.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.engine.Precision;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a carried cell is counted as, on the layers that rates are measured on.
class CarriedWorkTest {
  private static final int MULTIPLIED_UP = 62 * 62 * 32;

  private static final Precision BASE = Precision.FP32;

  private final RateModel model = new RateModel();

  private WorkCount cell(
      final String site, final String measured, final Unit unit, final Precision precision) {
    final var routes = Routes.mixed(model.graph(), model.site(site), measured);
    final var way = routes.ways(List.of(unit), false, precision).getLast();
    assertTrue(way.measures());
    return routes.wayOfEqual(List.of(unit), way.route()).cell();
  }

  private WorkCount channel(final String site, final String measured) {
    return cell(site, measured, model.site(site).channelUnits().getLast(), Precision.FP32);
  }

  @Test
  void theTapsOfOneChannelGoingUpStayInRegisters() {
    final var work = channel("features", "wide");
    assertEquals(MULTIPLIED_UP, work.of(Work.CARRIED));
    assertFalse(work.kinds().contains(Work.WEIGHT));
    assertEquals(32 * 32 * 32, work.of(Work.CHANGED));
  }

  /// What waits takes time and multiplies nothing.
  @Test
  void oneChannelGoingDownWaitsForItsInputs() {
    final var work = channel("tall", "low");
    assertEquals(MULTIPLIED_UP, work.operations());
    assertEquals(2 * MULTIPLIED_UP, work.of(Work.DOWN));
    assertFalse(work.kinds().contains(Work.CARRIED));
  }

  @Test
  void manyChannelsGoingDownAreSummedInMemory() {
    final var work = channel("picture", "low").plus(channel("picture", "tall").times(-1));
    assertEquals(32.0 * MULTIPLIED_UP, work.of(Work.DOWN));
    // 62 pairs of rows, two parities of two taps, two tiles.
    assertEquals(1024.0 * 62 * 4 * 2, work.of(Work.DOWN_WEIGHT));
    assertTrue(work.of(Work.CHANGED) > 8 * 16 * 16 * 32, work::toString);
  }

  /// The first layer keeps its operands.
  @Test
  void roundedLayersAreCountedApart() {
    final var work =
        cell("picture", "low", model.site("picture").channelUnits().getFirst(), Precision.BF16);
    assertEquals(32.0 * MULTIPLIED_UP, work.of(Work.ROUNDED_DOWN));
    assertTrue(work.of(Work.DOWN) > 0 && work.of(Work.ROUNDED_DOWN_WEIGHT) > 0, work::toString);
    assertFalse(work.kinds().contains(Work.DOWN_WEIGHT));
  }

  @Test
  void linearLayersOfChangesAreCountedApart() {
    final var work = channel("lower", "code");
    assertEquals(1024 * 256, work.of(Work.CARRIED_LINEAR));
    assertFalse(work.kinds().contains(Work.LINEAR));
    // Few inputs of a first layer are no other cell's.
    final var few = channel("lowest", "code");
    assertTrue(few.of(Work.CARRIED_LINEAR) > 16 * 256, few::toString);
    assertEquals(16 * 256, few.operations());
  }

  @Test
  void tilesOntoAnImageThatAreNotFullTakeAsLong() {
    final var full = model.site("wide").rectangle(0, 0, 1, 16);
    final var part = model.site("wide").rectangle(0, 0, 1, 15);
    final var all = cell("wide", "image", full, Precision.FP32);
    final var some = cell("wide", "image", part, Precision.FP32);
    assertEquals(16 * 16 * 32, all.of(Work.CARRIED_IMAGE));
    assertTrue(some.of(Work.CARRIED_IMAGE) > all.of(Work.CARRIED_IMAGE), some::toString);
    assertEquals(15 * 16 * 32, some.operations());
  }

  /// A square of an input is as many ranges as it has rows.
  @Test
  void everyRangeOfAUnitCounts() {
    final var row = cell("picture", "tall", model.site("picture").rectangle(4, 4, 1, 8), BASE);
    final var square = cell("picture", "tall", model.site("picture").rectangle(4, 4, 8, 8), BASE);
    assertEquals(0, row.of(Work.PATCHED));
    assertTrue(square.of(Work.PATCHED) > 0, square::toString);
  }

  /// Cells of many inputs fetch what equal ones have at hand.
  @Test
  void whatCellsReadCounts() {
    final var site = model.site("features");
    final var routes = Routes.mixed(model.graph(), site, "wide");
    final var unit = List.of(site.channelUnits().get(1));
    final var route = Optional.of(routes.route(1, false, BASE));
    final var apart = routes.way(unit, route).cell();
    final var equal = routes.wayOfEqual(unit, route).cell();
    assertTrue(apart.of(Work.ELEMENT) > equal.of(Work.ELEMENT), apart::toString);
    assertEquals(equal.operations(), apart.operations());
  }

  /// Few elements of a grid of 16 x 16 meet most columns and rows of it, and none of them twice.
  @Test
  void someUnitsStandForAll() {
    final var all = IntStream.range(0, 32 * 16 * 16).boxed().toList();
    final var some = UnitSpread.of(all, 64);
    assertEquals(64, new HashSet<>(some).size());
    assertTrue(some.stream().map(i -> i % 16).distinct().count() > 12, some::toString);
    assertTrue(some.stream().map(i -> i / 16 % 16).distinct().count() > 12, some::toString);
    assertEquals(some.stream().sorted().toList(), some);
    assertEquals(all.subList(0, 7), UnitSpread.of(all.subList(0, 7), 7));
    assertEquals(List.of(0), UnitSpread.of(all, 1));
  }
}
