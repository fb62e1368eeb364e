package io.patchbay.analysis.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Units left alone once their means are known well enough.
class SequentialStoppingTest {
  private static final int WORLDS = 500;
  private static final int INPUTS = 2048;
  private static final double[] SIZES = {3, 1, 0.2, 0};

  private static SequentialStopping stop(final PlantedEffects effects, final long seed) {
    final var rounds = Rounds.of(INPUTS, Bounds.Asymptotic.FEWEST, seed);
    return SequentialStopping.of(effects, rounds, new Bounds.Asymptotic(), 0.95, 0.15);
  }

  /// Where each interval ends was decided by what was seen, and still 95 % of them hold the mean;
  /// they are as tight as asked, and were had for less than all inputs.
  @Test
  void theIntervalHoldsWhereItStopped() {
    int held = 0;
    long cells = 0;
    for (int world = 0; world < WORLDS; world++) {
      final var effects = PlantedEffects.of(SIZES, INPUTS, world);
      final var found = stop(effects, world);
      for (int u = 0; u < 3; u++) {
        final var unit = found.units().get(u);
        held += unit.contains(effects.mean(u)) ? 1 : 0;
        assertTrue(unit.high() - unit.estimate() <= 0.15 * unit.estimate() + 1e-12);
        assertTrue(unit.n() < INPUTS);
        assertEquals(unit.n(), effects.asked(u));
      }
      assertEquals(effects.cells(), found.cells());
      cells += found.cells();
    }
    final double share = held / (3.0 * WORLDS);
    assertTrue(share >= 0.95 - 3 * Math.sqrt(0.95 * 0.05 / WORLDS), "held=" + share);
    assertTrue(cells < 0.6 * SIZES.length * INPUTS * WORLDS, "cells=" + cells);
  }

  /// A unit without effect is never taken for one without spread: all inputs are looked at, and it
  /// is exact, as is all where the inputs are few.
  @Test
  void whatIsNotToldIsComputed() {
    final var effects = PlantedEffects.of(SIZES, INPUTS, 1);
    final var none = stop(effects, 1).units().get(3);
    assertEquals(INPUTS, none.n());
    assertEquals(0, none.high());
    final var few = PlantedEffects.of(SIZES, 20, 1);
    final var rounds = Rounds.of(20, 32, 1);
    final var found = SequentialStopping.of(few, rounds, new Bounds.Asymptotic(), 0.95, 0.15);
    assertEquals(1, found.rounds());
    for (int u = 0; u < SIZES.length; u++) {
      assertEquals(few.mean(u), found.units().get(u).low(), 1e-12);
      assertEquals(found.units().get(u).low(), found.units().get(u).high());
    }
  }

  /// The order is the seed's, and each input comes once.
  @Test
  void theSeedDecides() {
    final var a = PlantedEffects.of(SIZES, INPUTS, 1);
    final var b = PlantedEffects.of(SIZES, INPUTS, 1);
    assertEquals(stop(a, 7), stop(b, 7));
    assertTrue(Arrays.stream(a.asked()[3]).allMatch(times -> times == 1));
    assertTrue(!stop(a, 7).equals(stop(b, 8)));
  }

  @Test
  void aRangeHoldsToo() {
    final var effects = PlantedEffects.of(new double[] {1}, 20_000, 1);
    final var rounds = Rounds.of(20_000, 32, 3);
    final var found =
        SequentialStopping.of(effects, rounds, new Bounds.Bounded(20), 0.95, 0.15).units().get(0);
    assertTrue(found.contains(effects.mean(0)));
    assertTrue(found.n() < 20_000, found::toString);
  }
}
