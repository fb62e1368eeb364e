package io.patchbay.analysis.causal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.PermutationTest;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LatentAssignmentTest {
  /// @param g `[latent][factor]`
  private static FactorEffect effect(final double[][] g) {
    final var cells = new FactorCells(g.length, g[0].length, 3);
    for (int latent = 0; latent < g.length; latent++) {
      for (int factor = 0; factor < g[0].length; factor++) {
        for (int input = 0; input < 3; input++) {
          cells.add(latent, factor, input, g[latent][factor]);
        }
      }
    }
    return FactorEffect.of(cells, new Bootstrap(20, 0.95, 1), new PermutationTest(20, 1));
  }

  @Test
  void aLatentStandsForTheFactorThatMovesItMost() {
    final double[][] g = {{1, 2, 0}, {0.5, 0, 0}, {3, 3, 1}, {0, 0, 0}, {9, 9, 10}};
    final var assignment =
        LatentAssignment.byLargest(effect(g), new boolean[] {true, true, true, true, false});
    assertEquals(List.of(1, 0, 0, -1, -1), assignment.factorOf());
    assertEquals(List.of(1, 2), assignment.latentsOf(0));
    assertEquals(List.of(0), assignment.latentsOf(1));
    assertEquals(List.of(), assignment.latentsOf(2));
    assertThrows(
        IllegalArgumentException.class,
        () -> LatentAssignment.byLargest(effect(g), new boolean[4]));
  }

  @Test
  void shufflingKeepsTheNumbersOfLatents() {
    final var assignment = new LatentAssignment(List.of(0, -1, 1, 0, 2, -1));
    final Set<LatentAssignment> seen = new HashSet<>();
    for (int draw = 0; draw < 200; draw++) {
      final var random = new PhiloxRandom(1, Streams.FIRST_FREE, 0, draw);
      final var shuffled = assignment.shuffled(random);
      assertEquals(-1, shuffled.factorOf().get(1));
      assertEquals(-1, shuffled.factorOf().get(5));
      for (int k = 0; k < 3; k++) {
        assertEquals(assignment.latentsOf(k).size(), shuffled.latentsOf(k).size());
      }
      seen.add(shuffled);
    }
    assertEquals(12, seen.size(), "4! / 2! ways");
    assertTrue(seen.contains(assignment));
  }
}
