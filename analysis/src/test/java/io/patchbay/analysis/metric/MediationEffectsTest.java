package io.patchbay.analysis.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.SignFlipTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MediationEffectsTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(300, 0.95, 3);
  private static final SignFlipTest TEST = new SignFlipTest(999, 4);

  /// Y = direct x + b m + c x m with m = a x, from x = 0 to x' = 1, plus what is common to a pair.
  private static MediationPair linear(
      int input, double offset, double direct, double a, double b, double c) {
    double level = 2;
    return new MediationPair(
        input,
        offset,
        offset + direct + b * a + c * a,
        offset + direct,
        offset + b * a,
        List.of(
            new MediationPair.Controlled(offset, offset + direct),
            new MediationPair.Controlled(
                offset + b * level, offset + direct + b * level + c * level)));
  }

  @Test
  void linearModelWithInteractionByHand() {
    // direct 2, a 3, b 0.5, c 0.25: TE = 2 + 1.5 + 0.75.
    List<MediationPair> pairs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      pairs.add(linear(i, 0.01 * i, 2, 3, 0.5, 0.25));
    }
    MediationEffects effects = MediationEffects.of(pairs, BOOTSTRAP, TEST);
    assertEquals(4.25, effects.total().mean().estimate(), 1e-12);
    assertEquals(2, effects.naturalDirect().mean().estimate(), 1e-12);
    assertEquals(1.5, effects.naturalIndirect().mean().estimate(), 1e-12);
    assertEquals(2.25, effects.totalIndirect().mean().estimate(), 1e-12);
    assertEquals(0.75, effects.interaction().mean().estimate(), 1e-12);
    assertEquals(2, effects.controlledDirect().get(0).mean().estimate(), 1e-12);
    assertEquals(2.5, effects.controlledDirect().get(1).mean().estimate(), 1e-12);
    assertEquals(1.5 / 4.25, effects.mediated().orElseThrow().estimate(), 1e-12);
    assertEquals(2.25 / 4.25, effects.necessary().orElseThrow().estimate(), 1e-12);
    assertEquals(0.001, effects.total().p(), 1e-12);
    assertEquals(20, effects.total().mean().n());
    assertEquals(0, effects.dropped());
  }

  @Test
  void fullAndNoMediation() {
    List<MediationPair> full = new ArrayList<>();
    List<MediationPair> none = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      full.add(linear(i, i, 0, 2 + i % 3, 1, 0));
      none.add(linear(i, i, 1 + i % 2, 2, 0, 0));
    }
    MediationEffects all = MediationEffects.of(full, BOOTSTRAP, TEST);
    assertEquals(1, all.mediated().orElseThrow().low(), 1e-12);
    assertEquals(1, all.necessary().orElseThrow().high(), 1e-12);
    assertEquals(1, all.naturalDirect().p());
    MediationEffects nothing = MediationEffects.of(none, BOOTSTRAP, TEST);
    assertEquals(0, nothing.mediated().orElseThrow().estimate());
    assertEquals(0, nothing.naturalIndirect().mean().high());
  }

  @Test
  void pairsWithoutTotalEffectDoNotDecideTheProportion() {
    List<MediationPair> pairs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pairs.add(linear(i, 0, 0.5, 1, 0.5, 0));
      // Direct and indirect effect cancel but for 0.001.
      pairs.add(linear(100 + i, 0, 0.501, 1, -0.5, 0));
    }
    MediationEffects effects = MediationEffects.of(pairs, BOOTSTRAP, TEST);
    assertEquals(10, effects.dropped());
    assertEquals(20, effects.pairs());
    assertEquals(0.5, effects.mediated().orElseThrow().estimate(), 1e-12);
    assertEquals(10, effects.mediated().orElseThrow().n());
    assertEquals(0, effects.naturalIndirect().mean().estimate(), 1e-12);
  }

  @Test
  void cancellingTotalEffectsHaveNoProportion() {
    List<MediationPair> pairs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pairs.add(linear(i, 0, 1, 1, i % 2 == 0 ? 1 : -3, 0));
    }
    MediationEffects effects = MediationEffects.of(pairs, BOOTSTRAP, TEST);
    assertEquals(0, effects.total().mean().estimate(), 1e-12);
    assertTrue(effects.mediated().isEmpty());
    assertEquals(0, effects.dropped());
    List<MediationPair> still = List.of(linear(0, 1, 0, 0, 0, 0), linear(1, 1, 0, 0, 0, 0));
    assertTrue(MediationEffects.of(still, BOOTSTRAP, TEST).necessary().isEmpty());
  }

  @Test
  void pairsOfOneInputAreOneSign() {
    Random random = new Random(6);
    List<MediationPair> pairs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      pairs.add(linear(i % 2, 0, 1 + 0.1 * random.nextGaussian(), 1, 1, 0));
    }
    assertEquals(0.5, MediationEffects.of(pairs, BOOTSTRAP, TEST).total().p());
  }

  @Test
  void checksFindTheWorstPair() {
    double[] base = {1, 2, 3};
    double[] other = {1, 2.5, 3};
    MediationChecks.Check good = MediationChecks.Check.of(base, base.clone(), 0);
    MediationChecks.Check bad = MediationChecks.Check.of(other, base, 0.4);
    assertTrue(good.passed());
    assertEquals(0.5, bad.worst());
    assertFalse(bad.passed());
    assertTrue(MediationChecks.Check.of(other, base, 0.5).passed());
    assertTrue(
        MediationChecks.Check.reversal(new double[] {2, -1}, new double[] {-2, 1}, 0).passed());
    assertEquals(4, MediationChecks.Check.reversal(new double[] {2}, new double[] {2}, 0).worst());
    assertTrue(new MediationChecks(good, good, good, good).passed());
    assertFalse(new MediationChecks(good, good, good, bad).passed());
    assertFalse(new MediationChecks(bad, good, good, good).passed());
    assertThrows(
        IllegalArgumentException.class,
        () -> MediationChecks.Check.of(new double[] {Double.NaN}, new double[] {1}, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> MediationChecks.Check.of(new double[0], new double[0], 1));
  }

  @Test
  void refusesHolesAndUnequalLevels() {
    assertThrows(
        IllegalArgumentException.class, () -> new MediationPair(3, 1, 2, Double.NaN, 1, List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            MediationEffects.of(
                List.of(linear(0, 0, 1, 1, 1, 0), new MediationPair(1, 0, 1, 1, 1, List.of())),
                BOOTSTRAP,
                TEST));
    assertThrows(
        IllegalArgumentException.class, () -> MediationEffects.of(List.of(), BOOTSTRAP, TEST));
  }
}
