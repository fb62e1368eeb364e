package io.patchbay.analysis.disentanglement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.disentanglement.FactorDraws.Use;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SapScoreTest {
  private static final int[] BINARY = {2, 2, 2};
  private static final int[] SIZES = {6, 6, 6};
  private static final Bootstrap BOOTSTRAP = new Bootstrap(100, 0.95, 3);

  private static SapScore sap(final Function<int[], double[]> code) {
    return SapScore.of(
        Worlds.drawn(BINARY, Use.TRAINING, 800, code),
        Worlds.drawn(BINARY, Use.TEST, 400, code),
        BOOTSTRAP);
  }

  private static SapScore continuous(final Function<int[], double[]> code) {
    return SapScore.continuous(Worlds.grid(SIZES, 1, code), BOOTSTRAP);
  }

  /// One code tells a factor for certain, the next best is right half of the time.
  @Test
  void theFactorsThemselves() {
    final var sap = sap(Worlds.IDENTITY);
    assertEquals(0.5, sap.score().estimate(), 0.06);
    for (int k = 0; k < 3; k++) {
      assertEquals(1, sap.scores()[k][k]);
    }
    assertTrue(sap.score().contains(sap.score().estimate()));
    assertEquals(400, sap.score().n());
    assertEquals(1, continuous(Worlds.IDENTITY).score().estimate(), 1e-12);
  }

  @Test
  void codesThatSayNothingOrTheSameHaveNoGap() {
    assertEquals(0, sap(Worlds.ZERO).score().estimate());
    assertEquals(0, continuous(Worlds.ZERO).score().estimate());
    assertEquals(2 / 3.0, continuous(Worlds.DUPLICATED).score().estimate(), 1e-12);
    assertEquals(1 / 3.0, sap(Worlds.DUPLICATED).score().estimate(), 0.06);
    // Turned by 45 degrees, both codes explain half of either factor.
    final var rotated = continuous(Worlds.ROTATED);
    assertEquals(0.5, rotated.scores()[0][1], 1e-12);
    assertEquals(1 / 3.0, rotated.score().estimate(), 1e-12);
  }

  @Test
  void orderAndScale() {
    final Function<int[], double[]> mixed = v -> new double[] {v[0] + 0.3 * v[1], v[1], v[2]};
    final Function<int[], double[]> turned = v -> new double[] {v[2], v[0] + 0.3 * v[1], v[1]};
    assertEquals(sap(mixed).score(), sap(turned).score());
    assertEquals(
        continuous(mixed).score().estimate(), continuous(turned).score().estimate(), 1e-12);
    assertEquals(
        continuous(mixed).score().estimate(),
        continuous(Worlds.scaled(mixed, 0, -70)).score().estimate(),
        1e-12);
  }

  @Test
  void oneCodeHasNoSecond() {
    assertThrows(IllegalArgumentException.class, () -> sap(v -> new double[] {v[0]}));
    assertThrows(IllegalArgumentException.class, () -> continuous(v -> new double[] {v[0]}));
  }

  /// Two inputs at -1 and 1: b = 0, and w - 4 C (1 - w) = 0.
  @Test
  void theMachineOfTwoInputsByHand() {
    final double c = 0.01;
    final var svm = ScalarSvm.fit(new double[] {-1, 1}, new int[] {0, 1}, 2, c);
    assertEquals(4 * c / (1 + 4 * c), svm.weight(0), 1e-12);
    assertEquals(0, svm.intercept(0), 1e-12);
    assertEquals(0, svm.predict(-0.1));
    assertEquals(1, svm.predict(0.1));
  }

  /// Nothing near the machine's lines has a smaller loss, written out anew here.
  @Test
  void theMachineIsAtItsMinimum() {
    final var random = new PhiloxRandom(2, Streams.METRIC, 0, 0);
    final double[] x = new double[300];
    final int[] labels = new int[300];
    for (int i = 0; i < x.length; i++) {
      labels[i] = Math.min(3, random.nextInt(6));
      x[i] = 0.8 * labels[i] + 2 * random.nextDouble() - 1;
    }
    final double c = 0.01;
    final var svm = ScalarSvm.fit(x, labels, 4, c);
    for (int k = 0; k < 4; k++) {
      final double least = loss(x, labels, k, c, svm.weight(k), svm.intercept(k));
      for (final double step : new double[] {1e-2, 1e-4}) {
        for (int direction = 0; direction < 16; direction++) {
          final double angle = direction * Math.PI / 8;
          assertTrue(
              least
                  < loss(
                      x,
                      labels,
                      k,
                      c,
                      svm.weight(k) + step * Math.cos(angle),
                      svm.intercept(k) + step * Math.sin(angle)));
        }
      }
    }
  }

  /// The gradient of the loss of every line is 0, whatever the codes and how rare a class is.
  @Test
  void everyMachineSettles() {
    for (int world = 0; world < 8; world++) {
      final var random = new PhiloxRandom(world, Streams.METRIC, 0, 0);
      final int classes = 3 + 4 * world;
      final double[] x = new double[3000];
      final int[] labels = new int[3000];
      for (int i = 0; i < x.length; i++) {
        labels[i] = i < classes ? i : random.nextInt(1 + random.nextInt(classes));
        x[i] = (float) (0.2 * labels[i] - 1 + (world % 2 == 0 ? 0.01 : 1) * random.nextFloat());
      }
      final double c = 0.01;
      final var svm = ScalarSvm.fit(x, labels, classes, c);
      for (int k = 0; k < classes; k++) {
        final double w = svm.weight(k);
        final double b = svm.intercept(k);
        final double h = 1e-4;
        final double scale = loss(x, labels, k, c, w, b) / h;
        assertEquals(
            0,
            (loss(x, labels, k, c, w + h, b) - loss(x, labels, k, c, w - h, b)) / 2 / h,
            1e-9 * scale);
        assertEquals(
            0,
            (loss(x, labels, k, c, w, b + h) - loss(x, labels, k, c, w, b - h)) / 2 / h,
            1e-9 * scale);
      }
    }
  }

  private static double loss(
      final double[] x,
      final int[] labels,
      final int positive,
      final double c,
      final double w,
      final double b) {
    final int classes = Arrays.stream(labels).max().orElseThrow() + 1;
    double count = 0;
    for (final int label : labels) {
      count += label == positive ? 1 : 0;
    }
    double loss = (w * w + b * b) / 2;
    for (int i = 0; i < x.length; i++) {
      final double y = labels[i] == positive ? 1 : -1;
      final double weight = labels[i] == positive ? c * x.length / (classes * count) : c;
      loss += weight * Math.pow(Math.max(0, 1 - y * (w * x[i] + b)), 2);
    }
    return loss;
  }
}
