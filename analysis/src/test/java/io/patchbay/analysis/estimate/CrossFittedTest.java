package io.patchbay.analysis.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Summary;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A mean from a part of a population and a control of all of it.
class CrossFittedTest {
  private static final int WORLDS = 2000;

  private static double[] of(final double[] values, final int[] part) {
    return Arrays.stream(part).mapToDouble(i -> values[i]).toArray();
  }

  /// The mean of an estimate over every possible part of a population, less the population's mean.
  private static double bias(
      final double[] values, final int size, final ToDoubleBiFunction<int[], double[]> estimate) {
    final var summary = new Summary();
    for (int bits = 0; bits < 1 << values.length; bits++) {
      if (Integer.bitCount(bits) == size) {
        final int mask = bits;
        final var part = Rounds.all(values.length);
        final var chosen = Arrays.stream(part).filter(i -> (mask >> i & 1) == 1).toArray();
        summary.add(estimate.applyAsDouble(chosen, of(values, chosen)));
      }
    }
    return summary.mean() - Populations.mean(values);
  }

  /// The regression estimate with one slope, fitted on the very values that it corrects.
  private static double fittedOnItself(
      final double[] controls, final int[] part, final double[] values) {
    final var own = of(controls, part);
    final double a = Populations.mean(own);
    final double y = Populations.mean(values);
    double spread = 0;
    double shared = 0;
    for (int i = 0; i < own.length; i++) {
      spread += (own[i] - a) * (own[i] - a);
      shared += (own[i] - a) * (values[i] - y);
    }
    return y + shared / spread * (Populations.mean(controls) - a);
  }

  /// Over all 1,287 parts of 5 of 13 the error is rounding; fitted on itself it is not, and this
  /// population shows it.
  @Test
  void itIsUnbiasedWhateverThePopulation() {
    final var controls = Populations.LOG_NORMAL.draw(13, 3);
    final var values = new double[13];
    Arrays.setAll(values, i -> 1 + controls[i] * controls[i]);
    final double mean = Populations.mean(values);
    assertEquals(
        0,
        bias(values, 5, (part, y) -> CrossFitted.of(controls, part, y).mean().estimate()),
        1e-10 * mean);
    final double biased = bias(values, 5, (part, y) -> fittedOnItself(controls, part, y));
    assertTrue(Math.abs(biased) > 0.02 * mean, "bias=" + biased + ", mean=" + mean);
  }

  /// Values that are the control twice over and something of their own: nineteen in twenty
  /// intervals of 64 of 1,024 hold the mean, and are as much narrower as the correlation says.
  @ParameterizedTest
  @EnumSource
  void theIntervalHoldsTheMean(final Populations kind) {
    int held = 0;
    double narrower = 0;
    double correlation = 0;
    for (int world = 0; world < WORLDS; world++) {
      final var random = new PhiloxRandom(world, Streams.FIRST_FREE, 99, 0);
      final var controls = kind.draw(1024, world);
      final var own = kind.draw(1024, world + (long) WORLDS);
      final var values = new double[1024];
      Arrays.setAll(values, i -> 2 * controls[i] + own[i]);
      final var part = random.choose(kind == Populations.MANY_ZEROS ? 256 : 64, 1024);
      final var found = CrossFitted.of(controls, part, of(values, part));
      held += found.mean().contains(Populations.mean(values)) ? 1 : 0;
      correlation += found.correlation() / WORLDS;
      narrower += part.length / found.equivalent() / WORLDS;
    }
    final double share = held / (double) WORLDS;
    final double noise = 3 * Math.sqrt(0.95 * 0.05 / WORLDS);
    assertTrue(share >= 0.95 - noise, "held=" + share);
    assertTrue(share < 0.99, "wider than it says: held=" + share);
    assertEquals(0.8, correlation, 0.05);
    final double n = kind == Populations.MANY_ZEROS ? 256 : 64;
    final double cautious = 1 - correlation * (1 - 1 / n);
    final double open = 1 / n - 1 / 1024.0;
    assertEquals(1 / 1024.0 + cautious * open, narrower / n, 0.1 * narrower / n);
  }

  @Test
  void theEndsAreExact() {
    final var values = Populations.UNIFORM.draw(40, 1);
    final var all = Rounds.all(40);
    final var known = CrossFitted.of(new double[40], all, values).mean();
    assertEquals(Populations.mean(values), known.low(), 1e-12);
    assertEquals(known.low(), known.high());
    final var part = Rounds.of(40, 20, 3).between(0, 20);
    final var twice = new double[40];
    Arrays.setAll(twice, i -> 2 * values[i] - 1);
    final var told = CrossFitted.of(values, part, of(twice, part));
    assertEquals(2 * Populations.mean(values) - 1, told.mean().estimate(), 1e-9);
    assertEquals(1, told.correlation(), 1e-9);
    assertEquals(1 / (1 / 40.0 + 1 / 40.0 / 20), told.equivalent(), 1e-6);
  }

  /// Without a control it is the mean with Student's interval, corrected for the finite population,
  /// a little wider as the leave-one-out residuals are.
  @Test
  void aControlThatSaysNothingChangesNothing() {
    final var values = new double[100];
    Arrays.setAll(values, i -> i % 20 < 10 ? -1 - i % 10 : 1 + i % 10);
    final var part = Rounds.all(20);
    final var found = CrossFitted.of(new double[100], part, of(values, part));
    assertEquals(Populations.mean(of(values, part)), found.mean().estimate(), 1e-12);
    assertEquals(0, found.correlation(), 1e-12);
    assertEquals(20, found.equivalent(), 1e-9);
    final var summary = new Summary();
    Arrays.stream(of(values, part)).forEach(summary::add);
    final double error = summary.deviation() * Math.sqrt(20 / 19.0) * Math.sqrt(0.8 / 20);
    assertEquals(2.1009 * error, found.mean().high() - found.mean().estimate(), 1e-3 * error);
  }

  /// A control that is right on all but one of 128 inputs: in a third of the parts of 48 that input
  /// is known, in the others nothing shows it, and the mean is inside all the same.
  @Test
  void whatWasNotDrawnIsAllowedFor() {
    int held = 0;
    for (int world = 0; world < WORLDS; world++) {
      final var controls = Populations.EXPONENTIAL.draw(128, world);
      final var values = controls.clone();
      values[world % 128] += 1;
      final var part = Rounds.of(128, 48, world).between(0, 48);
      final var mean = CrossFitted.of(controls, part, of(values, part)).mean();
      held += mean.contains(Populations.mean(values)) ? 1 : 0;
    }
    assertTrue(held >= 0.95 * WORLDS, "held=" + held);
  }

  @Test
  void fewEffectsSayNothing() {
    final var values = new double[100];
    Arrays.fill(values, 0, CrossFitted.FEWEST_VALUES - 1, 1);
    final var part = Rounds.all(50);
    assertFalse(CrossFitted.of(new double[100], part, of(values, part)).mean().bounded());
    values[49] = 1;
    assertTrue(CrossFitted.of(new double[100], part, of(values, part)).mean().bounded());
    assertThrows(
        IllegalArgumentException.class,
        () -> CrossFitted.of(values, new int[] {1, 2}, new double[] {1, 1}));
  }
}
