package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NaiveBatchesTest {
  private final float[] pool = new float[32 * Conv4Weights.PIXELS];

  @ParameterizedTest
  @CsvSource({"UNITS_ALL, 4", "UNITS_ALL, 16", "CHANNELS_32, 4", "MEDIATION_4, 32", "Z_GRID, 1"})
  void aBatchHoldsCellsOfOneSite(final SweepWorkload workload, final int rows) {
    final var task = SweepTask.of(workload, pool, 8, 1);
    final var batches = new NaiveBatches(task, rows, 50, 2);
    for (int turn = 0; turn < 50; turn++) {
      final var batch = batches.batch(turn);
      final var cells = batches.cells(batch);
      final var bases = batches.bases(batch);
      final var taken = batches.tableRows(batch);
      assertEquals(rows, cells.length);
      for (int i = 0; i < rows; i++) {
        assertEquals(batch.site(), task.units().get(task.unit(cells[i])).site());
        assertEquals(task.base(cells[i]), bases[i]);
        assertEquals(task.tableRow(bases[i], task.variation(cells[i])), taken[i]);
        final var group = batch.groups().get(i / batches.together());
        assertEquals(group.unit(), task.unit(cells[i]));
        assertEquals(group.variation(), task.variation(cells[i]));
      }
    }
  }

  @Test
  void aUnitIsAsLikelyAsAnyOther() {
    final var task = SweepTask.of(SweepWorkload.UNITS_ALL, pool, 8, 1);
    final int count = 20_000;
    final var batches = new NaiveBatches(task, 1, count, 3);
    final var seen = new EnumMap<NetSite, Integer>(NetSite.class);
    final int[] bases = new int[8];
    for (int turn = 0; turn < count; turn++) {
      seen.merge(batches.batch(turn).site(), 1, Integer::sum);
      bases[batches.bases(batches.batch(turn))[0]]++;
    }
    for (final var site : task.workload().sites()) {
      near(count, site.size() / 46_080.0, seen.getOrDefault(site, 0));
    }
    for (final int of : bases) {
      near(count, 1 / 8.0, of);
    }
  }

  /// Within five standard deviations.
  private static void near(final int count, final double share, final int found) {
    assertEquals(count * share, found, 5 * Math.sqrt(count * share * (1 - share)));
  }

  @Test
  void theSampleIsLargeEnoughAndItsBatchesDiffer() {
    final var task = SweepTask.of(SweepWorkload.CHANNELS_16, pool, 32, 1);
    for (final int rows : new int[] {1, 32}) {
      final var batches = NaiveBatches.of(task, rows, 4);
      assertTrue(batches.count() >= 64 && batches.count() * rows >= 1024);
      final var different = new HashSet<NaiveBatches.Batch>();
      IntStream.range(0, batches.count()).forEach(i -> different.add(batches.batch(i)));
      assertTrue(different.size() > batches.count() / 2);
    }
  }

  @Test
  void rowsThatDoNotFitTheBasesAreRefused() {
    final var task = SweepTask.of(SweepWorkload.Z_GRID, pool, 8, 1);
    assertThrows(IllegalArgumentException.class, () -> new NaiveBatches(task, 12, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new NaiveBatches(task, 3, 1, 1));
  }
}
