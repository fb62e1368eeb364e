package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class PolygonFillTest {
  private static final int SIZE = 16;

  private static double[][] coverage(double[] xs, double[] ys) {
    final double[][] image = new double[SIZE][SIZE];
    new PolygonFill(SIZE).fill(xs, ys, (x, y, coverage) -> image[y][x] = coverage);
    return image;
  }

  private static double sum(double[][] image) {
    double sum = 0;
    for (double[] row : image) {
      for (double value : row) {
        sum += value;
      }
    }
    return sum;
  }

  @Test
  void aPixelIsCoveredByItsShareOfARectangle() {
    final double[][] image =
        coverage(new double[] {2.25, 5.5, 5.5, 2.25}, new double[] {3.5, 3.5, 6.1, 6.1});
    final double[] across = {0, 0, 0.75, 1, 1, 0.5, 0};
    final double[] down = {0, 0, 0, 0.5, 1, 1, 0.1, 0};
    for (int y = 0; y < down.length; y++) {
      for (int x = 0; x < across.length; x++) {
        assertEquals(across[x] * down[y], image[y][x], 1e-12, x + ", " + y);
      }
    }
  }

  @Test
  void aTriangleHasItsArea() {
    final Random random = new Random(4);
    for (int i = 0; i < 500; i++) {
      final double[] xs = new double[3];
      final double[] ys = new double[3];
      for (int k = 0; k < 3; k++) {
        xs[k] = SIZE * random.nextDouble();
        ys[k] = SIZE * random.nextDouble();
      }
      final double twice = (xs[1] - xs[0]) * (ys[2] - ys[0]) - (xs[2] - xs[0]) * (ys[1] - ys[0]);
      assertEquals(Math.abs(twice) / 2, sum(coverage(xs, ys)), 1e-6);
    }
  }

  @Test
  void eachPixelAgreesWithManyPoints() {
    final Random random = new Random(5);
    for (int i = 0; i < 40; i++) {
      // Convex, partly outside of the image on every side.
      final int corners = 3 + random.nextInt(6);
      final double[] xs = new double[corners];
      final double[] ys = new double[corners];
      final double turn = random.nextDouble();
      final double radius = 2 + 12 * random.nextDouble();
      final double middleX = SIZE * random.nextDouble();
      final double middleY = SIZE * random.nextDouble();
      for (int k = 0; k < corners; k++) {
        final double angle = 2 * Math.PI * (k + turn) / corners;
        xs[k] = middleX + radius * Math.cos(angle);
        ys[k] = middleY + radius * Math.sin(angle);
      }
      final double[][] image = coverage(xs, ys);
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          assertEquals(sampled(xs, ys, x, y), image[y][x], 0.03, i + ": " + x + ", " + y);
        }
      }
    }
  }

  private static double sampled(double[] xs, double[] ys, int x, int y) {
    final int points = 40;
    int inside = 0;
    for (int j = 0; j < points; j++) {
      for (int i = 0; i < points; i++) {
        final double px = x + (i + 0.5) / points;
        final double py = y + (j + 0.5) / points;
        boolean all = true;
        for (int k = 0, last = xs.length - 1; k < xs.length; last = k++) {
          all &= (xs[k] - xs[last]) * (py - ys[last]) - (ys[k] - ys[last]) * (px - xs[last]) >= 0;
        }
        inside += all ? 1 : 0;
      }
    }
    return inside / (double) (points * points);
  }

  @Test
  void partsOutsideAreCutOff() {
    final double[] xs = {-1e6, 1e6, 1e6, -1e6};
    assertEquals(SIZE * 2.5, sum(coverage(xs, new double[] {-1e6, -1e6, 2.5, 2.5})), 1e-6);
    assertEquals(0, sum(coverage(xs, new double[] {-9, -9, -1, -1})));
    assertEquals(0, sum(coverage(new double[] {20, 30, 30}, new double[] {1, 1, 9})));
    assertEquals(0, sum(coverage(new double[] {-20, -30, -30}, new double[] {1, 1, 9})));
    assertEquals(SIZE * SIZE, sum(coverage(xs, new double[] {-1e6, -1e6, 1e6, 1e6})), 1e-4);
  }

  @Test
  void anObjectIsUsedForOneOutlineAfterAnother() {
    final PolygonFill fill = new PolygonFill(SIZE);
    final double[] first = new double[1];
    final double[] second = new double[1];
    final double[] xs = {1, 9, 9};
    final double[] ys = {1, 1, 9};
    fill.fill(xs, ys, (_, _, coverage) -> first[0] += coverage);
    fill.fill(xs, ys, (_, _, coverage) -> second[0] += coverage);
    assertEquals(32, first[0], 1e-9);
    assertTrue(first[0] == second[0]);
  }
}
