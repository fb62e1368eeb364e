package io.patchbay.analysis.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A race for the strongest units.
class TopRaceTest {
  private static final int INPUTS = 1024;
  private static final int TOP = 3;

  private static TopRace race(final PlantedEffects effects, final double error, final long seed) {
    final var rounds = Rounds.of(effects.inputs(), Bounds.Asymptotic.FEWEST, seed);
    return TopRace.of(effects, rounds, new Bounds.Asymptotic(), 1 - error, TOP);
  }

  private static Set<Integer> truth(final PlantedEffects effects) {
    return Set.copyOf(
        IntStream.range(0, effects.units())
            .boxed()
            .sorted((a, b) -> Double.compare(effects.mean(b), effects.mean(a)))
            .limit(TOP)
            .toList());
  }

  /// Races that ended with the wrong units, of 1,000 in which many are close to the third.
  private static double wrong(final Bounds bounds) {
    int wrong = 0;
    for (int world = 0; world < 1000; world++) {
      final var effects =
          PlantedEffects.of(
              new double[] {1.4, 1.3, 1.2, 1.18, 1.18, 1.17, 1.17, 1.16, 1.16, 1.15}, 512, world);
      final var rounds = Rounds.of(512, Bounds.Asymptotic.FEWEST, world);
      final var found = TopRace.of(effects, rounds, bounds, 0.95, TOP);
      wrong += Set.copyOf(found.top()).equals(truth(effects)) ? 0 : 1;
    }
    return wrong / 1000.0;
  }

  @Test
  void theWinnersAreRightAsOftenAsStated() {
    final double wrong = wrong(new Bounds.Asymptotic());
    assertTrue(wrong <= 0.05, "wrong=" + wrong);
  }

  /// The same races show one that looks again and again with intervals that are for one look.
  @Test
  void aHastyRaceIsWrong() {
    final double wrong = wrong(new OneLook());
    assertTrue(wrong > 0.05, "wrong=" + wrong);
  }

  /// Weak units leave the race early; cells are counted, and the winners stand in order.
  @Test
  void theWeakLeaveEarly() {
    final var sizes = new double[30];
    for (int u = 0; u < sizes.length; u++) {
      sizes[u] = u % 10 == 4 ? 4 + u / 10.0 : 0.3;
    }
    final var effects = PlantedEffects.of(sizes, INPUTS, 5);
    final var found = race(effects, 0.05, 5);
    assertEquals(List.of(24, 14, 4), found.top());
    assertTrue(found.separated());
    assertEquals(effects.cells(), found.cells());
    assertTrue(found.cells() < 30 * INPUTS / 10, "cells=" + found.cells());
    assertEquals(found, race(PlantedEffects.of(sizes, INPUTS, 5), 0.05, 5));
  }

  /// Two units that are the same can never be told apart: all inputs are used, and the answer is
  /// exact.
  @Test
  void tiesRunToTheEnd() {
    final var values = PlantedEffects.of(new double[] {3, 2, 1, 1, 0.1}, INPUTS, 2).values();
    values[3] = values[2];
    final var effects = new PlantedEffects(values);
    final var found = race(effects, 0.05, 2);
    assertFalse(found.separated());
    assertEquals(List.of(0, 1, 2), found.top());
    assertEquals(INPUTS, effects.asked(2));
    assertEquals(INPUTS, effects.asked(3));
    assertTrue(effects.asked(4) < INPUTS);
    assertEquals(effects.mean(2), found.units().get(2).low(), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> race(effects(TOP), 0.05, 1));
  }

  private static PlantedEffects effects(final int units) {
    return PlantedEffects.of(new double[units], 64, 1);
  }
}
