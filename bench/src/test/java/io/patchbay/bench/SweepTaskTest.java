package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.bench.SweepWorkload.Change;
import io.patchbay.bench.SweepWorkload.Outcome;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class SweepTaskTest {
  private static final float[] POOL = new float[20 * Conv4Weights.PIXELS];

  @ParameterizedTest
  @CsvSource({
    "Z_GRID, 17920",
    "CHANNELS_16, 131072",
    "CHANNELS_32, 131072",
    "ABLATE_32, 8192",
    "UNITS_ALL, 368640",
    "OCCLUSION_MU, 57600",
    "ENCODER_CHANNELS_MU, 196608",
    "MEDIATION_16, 131072",
    "MEDIATION_4, 262144"
  })
  void aWholeSweepHasSoManyCells(final SweepWorkload workload, final int cells) {
    final var pool = new float[256 * Conv4Weights.PIXELS];
    assertEquals(cells, SweepTask.of(workload, pool, workload.bases(), 1).cells());
  }

  @ParameterizedTest
  @EnumSource(SweepWorkload.class)
  void aCellIsItsBaseItsUnitAndItsVariation(final SweepWorkload workload) {
    final var task = SweepTask.of(workload, POOL, 3, 1);
    int cell = 0;
    for (int b = 0; b < 3; b++) {
      for (int u = 0; u < task.units().size(); u++) {
        for (int k = 0; k < task.variations(); k++) {
          assertEquals(cell, task.cell(b, u, k));
          assertEquals(b, task.base(cell));
          assertEquals(u, task.unit(cell));
          assertEquals(k, task.variation(cell));
          cell++;
        }
      }
    }
    assertEquals(task.cells(), cell);
  }

  @ParameterizedTest
  @EnumSource(SweepWorkload.class)
  void unitsOfASiteDoNotShareElementsUnlessTheyAreSquares(final SweepWorkload workload) {
    final var seen = new HashSet<String>();
    for (final var unit : workload.units()) {
      int size = 0;
      for (final var range : unit.ranges()) {
        size += range.length();
        assertTrue(range.end() <= unit.site().size());
        for (int i = range.begin(); i < range.end(); i++) {
          assertTrue(seen.add(unit.site() + " " + i) || workload == SweepWorkload.OCCLUSION_MU);
        }
      }
      assertEquals(unit.height() * unit.width(), size);
    }
    assertEquals(workload.sites().stream().mapToInt(NetSite::size).sum(), seen.size());
  }

  @ParameterizedTest
  @EnumSource(SweepWorkload.class)
  void noBaseIsItsOwnSource(final SweepWorkload workload) {
    final var task = SweepTask.of(workload, POOL, 3, 1);
    if (workload.change() != Change.SOURCE) {
      return;
    }
    final boolean pairs = workload.outcome() == Outcome.PAIR;
    assertEquals(pairs ? 3 : workload.sources(), task.variations());
    for (int b = 0; b < 3; b++) {
      final var drawn = new HashSet<Integer>();
      for (int k = 0; k < task.variations(); k++) {
        assertNotEquals(b, task.source(b, k));
        assertTrue(task.source(b, k) >= (pairs ? 3 : 0) && task.source(b, k) < task.inputs());
        assertTrue(drawn.add(task.source(b, k)));
        assertEquals(task.source(b, k), task.tableRow(b, k));
      }
    }
  }

  @Test
  void tooFewInputsAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> SweepTask.of(SweepWorkload.Z_GRID, POOL, 21, 1));
    assertThrows(
        IllegalArgumentException.class, () -> SweepTask.of(SweepWorkload.MEDIATION_4, POOL, 11, 1));
  }
}
