package io.patchbay.analysis.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What an audit says of a screen, where the truth is known.
class ScreenAuditTest {
  private static double[] same(final int pairs, final double effect) {
    final var effects = new double[pairs];
    Arrays.fill(effects, effect);
    return effects;
  }

  private static List<Integer> numbers(final int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @Test
  void theOrderIsByAbsoluteScoreThenByNumber() {
    assertEquals(List.of(2, 0, 4, 1, 3), ScreenAudit.order(new double[] {-3, 0.5, 7, 0, 3}));
    assertEquals(List.of(0, 1, 2), ScreenAudit.order(new double[] {1, -1, 1}));
  }

  @Test
  void keepsTheTopAndSamplesTheRestWithoutRepeats() {
    final var asked = new ArrayList<Integer>();
    final var audit =
        ScreenAudit.of(
            List.of(5, 3, 1, 0, 2, 4, 6),
            3,
            2,
            9,
            i -> {
              asked.add(i);
              return new double[] {i, i};
            });
    assertEquals(List.of(5, 3, 1), audit.kept());
    assertEquals(2, new HashSet<>(audit.audited()).size());
    assertTrue(List.of(0, 2, 4, 6).containsAll(audit.audited()));
    assertEquals(5, asked.size());
    for (int i = 0; i < 5; i++) {
      final int candidate = i < 3 ? audit.kept().get(i) : audit.audited().get(i - 3);
      assertEquals(candidate, audit.mean(i));
    }
  }

  /// Ten effects of 2 are kept, forty of -0.5 are not: half of the mass is missed, whatever is
  /// drawn.
  @Test
  void equalEffectsLeaveNoDoubt() {
    final var audit =
        ScreenAudit.of(
            numbers(50), 10, 5, 1, i -> i < 10 ? new double[] {2, 2} : new double[] {-1, 0});
    assertEquals(0.5, audit.missedMass().estimate(), 1e-12);
    final var alike = ScreenAudit.of(numbers(50), 10, 5, 1, i -> i < 10 ? same(8, 2) : same(8, 1));
    assertEquals(40.0 / 60, alike.missedMass().estimate(), 1e-12);
    assertEquals(40.0 / 60, alike.missedMass().low(), 1e-12);
    assertEquals(40.0 / 60, alike.missedMass().high(), 1e-12);
    assertEquals(5, alike.missedMass().n());
  }

  @Test
  void nothingIsMissedWhereEverythingIsKept() {
    final var audit = ScreenAudit.of(numbers(4), 9, 5, 1, i -> new double[] {i, 1});
    assertEquals(List.of(), audit.audited());
    assertEquals(0, audit.missedMass().high());
    assertThrows(
        IllegalArgumentException.class,
        () -> ScreenAudit.of(numbers(4), 2, 0, 1, i -> new double[] {i, 1}));
  }

  /// The interval holds the share that all effects would show, in at least nine of ten worlds.
  @Test
  void theIntervalHoldsTheTruth() {
    int held = 0;
    final int worlds = 60;
    for (int world = 0; world < worlds; world++) {
      final var random = new PhiloxRandom(world, Streams.FIRST_FREE, 0, 0);
      final var effects = new double[300][10];
      double within = 0;
      double outside = 0;
      for (int i = 0; i < effects.length; i++) {
        final double size = Math.exp(2 * random.nextDouble()) * (i < 30 ? 6 : 1);
        Arrays.fill(effects[i], size);
        within += i < 30 ? size : 0;
        outside += i < 30 ? 0 : size;
      }
      final var missed = ScreenAudit.of(numbers(300), 30, 40, world, i -> effects[i]).missedMass();
      held += missed.contains(outside / (within + outside)) ? 1 : 0;
    }
    assertTrue(held >= 0.9 * worlds, "held=" + held);
    assertTrue(held < worlds, "an interval that always holds says little");
  }
}
