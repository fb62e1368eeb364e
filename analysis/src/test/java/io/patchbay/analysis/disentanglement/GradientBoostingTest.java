package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.GradientBoosting.Settings;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GradientBoostingTest {
  /// Two points of two classes: p = 1/2, g = +-1/2, so a leaf's Newton step is +-(1/2) / (1/4) = 2,
  /// and after the second round p = sigma(0.2), g = 1 - p, the step 1 / p.
  @Test
  void twoPointsGoAsComputedByHand() {
    final var x = Matrix.of(new double[] {0, 1}, 2, 1);
    final int[] labels = {0, 1};
    final var once = GradientBoosting.fit(x, labels, 2, new Settings(1, 1, 0.1));
    assertArrayEquals(new double[] {-0.2}, once.scores(x)[0], 1e-15);
    assertArrayEquals(new double[] {0.2}, once.scores(x)[1], 1e-15);
    final var twice = GradientBoosting.fit(x, labels, 2, new Settings(2, 1, 0.1));
    assertEquals(0.2 + 0.1 * (1 + Math.exp(-0.2)), twice.scores(x)[1][0], 1e-14);
    assertArrayEquals(new int[] {0, 1}, twice.predict(x));
  }

  /// Three points of three classes: p = 1/3; class 0 splits off point 0: g = 2/3 there and -1/3 on
  /// the others, curvature 2/9 each, so steps of 2/3 * 3 = 2 and 2/3 * -3/2 = -1.
  @Test
  void threeClassesGoAsComputedByHand() {
    final var x = Matrix.of(new double[] {0, 1, 2}, 3, 1);
    final var model = GradientBoosting.fit(x, new int[] {0, 1, 2}, 3, new Settings(1, 1, 1));
    final double start = -Math.log(3);
    assertEquals(start + 2, model.scores(x)[0][0], 1e-14);
    assertEquals(start - 1, model.scores(x)[1][0], 1e-14);
    assertEquals(start - 1, model.scores(x)[2][0], 1e-14);
    assertEquals(start + 2, model.scores(x)[2][2], 1e-14);
    assertArrayEquals(new double[] {1}, model.importances());
  }

  /// Depth 2 tells classes that no single threshold tells: an exclusive or, made a little unequal
  /// so that a first split helps at all.
  @Test
  void aTreeSplitsMoreThanOnce() {
    final var random = new PhiloxRandom(7, Streams.METRIC, 0, 0);
    final int n = 400;
    final double[][] rows = new double[n][3];
    final int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      for (int f = 0; f < 3; f++) {
        rows[i][f] = random.nextDouble();
      }
      labels[i] = rows[i][0] > 0.4 ^ rows[i][2] > 0.6 ? 1 : 0;
    }
    final var x = Matrix.ofRows(rows);
    final var model = GradientBoosting.fit(x, labels, 2, new Settings(40, 2, 0.3));
    assertArrayEquals(labels, model.predict(x));
    assertTrue(model.importances()[1] < 0.2, Arrays.toString(model.importances()));
    assertEquals(1, Arrays.stream(model.importances()).sum(), 1e-12);
  }

  @Test
  void aFeatureThatSaysNothingIsNotSplit() {
    final var x = Matrix.of(new double[] {3, 3, 3, 3}, 4, 1);
    final var model = GradientBoosting.fit(x, new int[] {0, 0, 0, 1}, 2, Settings.STANDARD);
    assertArrayEquals(new double[] {0}, model.importances());
    assertArrayEquals(new int[4], model.predict(x));
  }

  @Test
  void mistakesAreNamed() {
    final var x = Matrix.of(new double[] {0, 1}, 2, 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> GradientBoosting.fit(x, new int[] {0, 2}, 2, Settings.STANDARD));
    assertThrows(
        IllegalArgumentException.class,
        () -> GradientBoosting.fit(x, new int[] {0, 0}, 2, Settings.STANDARD));
    assertThrows(
        IllegalArgumentException.class,
        () -> GradientBoosting.fit(x, new int[] {0, 1, 1}, 2, Settings.STANDARD));
    assertThrows(IllegalArgumentException.class, () -> new Settings(0, 3, 0.1));
  }
}
