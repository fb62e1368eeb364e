package io.patchbay.analysis.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a screen says of the units that it did not compute.
class ScreenedUnitsTest {
  private static final int WORLDS = 2000;
  private static final int UNITS = 300;
  private static final int TOP = 30;
  private static final int AUDIT = 50;

  /// Means that fall off as a log-normal, on one input.
  private static PlantedEffects effects(final long seed) {
    final var sizes = Populations.LOG_NORMAL.draw(UNITS, seed);
    return new PlantedEffects(
        Arrays.stream(sizes).mapToObj(s -> new double[] {s}).toArray(double[][]::new));
  }

  /// Means off by a factor; none for a spread of 0, and nothing but chance for a large one.
  private static double[] scores(
      final PlantedEffects effects, final double spread, final long seed) {
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, 98, 0);
    final var scores = new double[UNITS];
    Arrays.setAll(scores, u -> effects.mean(u) * Math.exp(spread * Populations.normal(random)));
    return scores;
  }

  private static double outside(final PlantedEffects effects, final ScreenedUnits found) {
    double within = 0;
    double all = 0;
    for (int u = 0; u < UNITS; u++) {
      all += effects.mean(u);
      within += found.kept().contains(u) ? effects.mean(u) : 0;
    }
    return 1 - within / all;
  }

  /// With good and with bad scores the missed mass is inside its interval in 95 % of the worlds,
  /// and the missed units are as many as the bound or fewer.
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1})
  void theMissedAreAsManyAsSaid(final double spread) {
    int held = 0;
    int heldCount = 0;
    double bias = 0;
    double width = 0;
    for (int world = 0; world < WORLDS; world++) {
      final var effects = effects(world);
      final var scores = scores(effects, spread, world);
      final var found = ScreenedUnits.of(effects, scores, TOP, AUDIT, world, 2);
      final double missed = outside(effects, found);
      held += found.missed().contains(missed) ? 1 : 0;
      bias += (found.missed().estimate() - missed) / WORLDS;
      width += (found.missed().high() - found.missed().low()) / WORLDS;
      int above = 0;
      for (int u = 0; u < UNITS; u++) {
        above += effects.mean(u) > 2 && !found.kept().contains(u) ? 1 : 0;
      }
      heldCount += found.above().missedAtMost() >= above ? 1 : 0;
    }
    final double least = 0.95 - 3 * Math.sqrt(0.95 * 0.05 / WORLDS);
    assertTrue(held >= least * WORLDS, "held=" + held);
    assertTrue(held < WORLDS, "an interval that always holds says little");
    assertTrue(heldCount >= least * WORLDS, "held=" + heldCount);
    assertTrue(Math.abs(bias) < 0.02 * width, "bias=" + bias);
  }

  /// Scores that are right order the units, make the audit's estimate exact, and are asked for
  /// once.
  @Test
  void rightScoresLeaveNoDoubt() {
    final var effects = effects(5);
    final var scores = scores(effects, 0, 5);
    final var found = ScreenedUnits.of(effects, scores, TOP, AUDIT, 5, 0.5);
    assertEquals(TOP + AUDIT, effects.cells());
    final var once = new HashSet<>(found.kept());
    once.addAll(found.audited());
    assertEquals(TOP + AUDIT, once.size());
    for (int i = 1; i < TOP; i++) {
      assertTrue(found.means().get(i) <= found.means().get(i - 1));
    }
    final double missed = outside(effects, found);
    assertEquals(missed, found.missed().estimate(), 1e-9);
    assertEquals(1, found.correlation(), 1e-9);
    assertTrue(found.missed().contains(missed));
    assertTrue(found.missed().high() - found.missed().low() < 0.05);
    assertEquals(found, ScreenedUnits.of(effects(5), scores, TOP, AUDIT, 5, 0.5));
  }

  @Test
  void nothingIsMissedWhereAllIsComputed() {
    final var effects = effects(6);
    final var scores = scores(effects, 1, 6);
    final var audited = ScreenedUnits.of(effects, scores, TOP, UNITS, 6, 1);
    assertEquals(outside(effects, audited), audited.missed().low(), 1e-12);
    assertEquals(audited.missed().low(), audited.missed().high());
    assertEquals(audited.above().audited(), audited.above().missedAtMost());
    final var kept = ScreenedUnits.of(effects, scores, UNITS, AUDIT, 6, 1);
    assertEquals(0, kept.missed().high());
    assertEquals(0, kept.above().missedAtMost());
    final var few = new ArrayList<>(kept.kept());
    assertEquals(UNITS, few.size());
  }
}
