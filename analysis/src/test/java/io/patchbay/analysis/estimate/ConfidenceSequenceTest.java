package io.patchbay.analysis.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whether a sequence of intervals holds the mean at all looks at once, by simulation.
class ConfidenceSequenceTest {
  private static final int WORLDS = 2000;
  private static final int INPUTS = 1024;
  private static final double LEVEL = 0.95;
  private static final double RANGE = 20;

  /// Three standard errors of a share of 95 % among the worlds.
  private static final double NOISE = 3 * Math.sqrt(LEVEL * (1 - LEVEL) / WORLDS);

  /// The share of worlds in which the interval held the mean at every look.
  private static double held(final Populations kind, final Supplier<ConfidenceSequence> sequences) {
    return share(world -> {
      final var values = kind.draw(INPUTS, world);
      final double mean = Populations.mean(values);
      final var sequence = sequences.get();
      final var rounds = Rounds.of(INPUTS, Bounds.Asymptotic.FEWEST, world);
      int known = 0;
      while (known < INPUTS) {
        final int to = rounds.next(known);
        for (final int input : rounds.between(known, to)) {
          sequence.add(values[input]);
        }
        known = to;
        if (known < INPUTS && !sequence.interval().contains(mean)) {
          return false;
        }
      }
      return true;
    });
  }

  private static double share(final LongPredicate world) {
    int held = 0;
    for (long w = 0; w < WORLDS; w++) {
      held += world.test(w) ? 1 : 0;
    }
    return held / (double) WORLDS;
  }

  @ParameterizedTest
  @EnumSource
  void anAsymptoticSequenceHoldsAtAllLooks(final Populations kind) {
    final double held = held(kind, () -> new Bounds.Asymptotic().sequence(INPUTS, 1 - LEVEL));
    assertTrue(held >= LEVEL - NOISE, "held=" + held);
  }

  /// The same worlds tell an interval that is not for looking: 95 % at one look, less at five.
  @Test
  void anOrdinaryIntervalDoesNot() {
    final double held = held(Populations.UNIFORM, () -> new OneLook().sequence(INPUTS, 1 - LEVEL));
    assertTrue(held < LEVEL - NOISE, "held=" + held);
  }

  /// Between the bounds of the effects; those of nine zeros of ten are far wider than they.
  @ParameterizedTest
  @EnumSource(
      value = Populations.class,
      names = {"UNIFORM", "MANY_ZEROS", "SIGNS"})
  void aBoundedSequenceHoldsAtAllLooks(final Populations kind) {
    final double high = kind == Populations.MANY_ZEROS ? RANGE : 1;
    final double held = held(kind, () -> new BernsteinSequence(INPUTS, 1 - LEVEL, -1, high));
    assertTrue(held >= LEVEL - NOISE, "held=" + held);
  }

  /// One large value among a thousand zeros: what a variance cannot show, a range can.
  @Test
  void aBoundedSequenceKnowsOfWhatItHasNotSeen() {
    final var bounded = new Bounds.Bounded(RANGE).sequence(INPUTS, 1 - LEVEL);
    final var asymptotic = new Bounds.Asymptotic().sequence(INPUTS, 1 - LEVEL);
    for (int i = 0; i < INPUTS - 1; i++) {
      bounded.add(0);
      asymptotic.add(0);
      assertTrue(i > 0.9 * INPUTS || bounded.interval().contains(RANGE / INPUTS));
      assertFalse(asymptotic.interval().bounded());
    }
    assertTrue(bounded.interval().high() < 4 * RANGE / INPUTS);
    bounded.add(RANGE);
    asymptotic.add(RANGE);
    assertEquals(RANGE / INPUTS, bounded.interval().high(), 1e-12);
    assertEquals(RANGE / INPUTS, asymptotic.interval().low(), 1e-12);
    assertThrows(
        IllegalArgumentException.class, () -> new Bounds.Bounded(1).sequence(9, 0.05).add(2));
    assertThrows(IllegalArgumentException.class, () -> new Bounds.Bounded(0));
  }

  /// The definition in plain sums, and the correction of a finite population in the limit of many
  /// inputs of which few are known, and of all but one.
  @Test
  void theWidthIsThatOfTheFormula() {
    final var values = Populations.LOG_NORMAL.draw(200, 5);
    for (final int population : new int[] {201, 1_000_000_000}) {
      final var sequence = new AsymptoticSequence(population, 0.05, 32, 16);
      for (final double value : values) {
        sequence.add(value);
      }
      final double mean = Populations.mean(values);
      double squares = 0;
      double cubes = 0;
      for (final double value : values) {
        squares += Math.pow(value - mean, 2);
        cubes += Math.pow(value - mean, 3);
      }
      final double time = 200 / (1 - 200.0 / population);
      final double c = -2 * Math.log(0.05);
      final double r = Math.sqrt(32.0 * population) / (c + Math.log(c) + 1);
      final double z = Math.sqrt((time + r) / time * (Math.log((time + r) / r) + c));
      final double deviation = Math.sqrt(squares / 199);
      final double skewness = cubes / 200 / Math.pow(squares / 200, 1.5);
      final double half = deviation * z / Math.sqrt(time);
      final double more = deviation * skewness * (2 * z * z + 1) / (6 * time);
      final var interval = sequence.interval();
      assertEquals(mean, interval.estimate(), 1e-12);
      assertEquals(mean - half, interval.low(), 1e-9);
      assertEquals(mean + half + more, interval.high(), 1e-9);
      assertTrue(population > 201 || half < 0.2 * deviation / Math.sqrt(200) * z);
    }
  }
}
