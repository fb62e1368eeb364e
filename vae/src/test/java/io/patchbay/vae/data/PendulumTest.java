package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PendulumTest {
  private final Pendulum pendulum = new Pendulum(64);

  @Test
  void theGridIsThatOfTheOriginal() {
    assertEquals(7308, pendulum.size());
    assertEquals("[angle[84], light[87]]", pendulum.factors().toString());
    assertEquals(-40, pendulum.factors().get(0).value(0));
    assertEquals(43, pendulum.factors().get(0).value(83));
    assertEquals(60, pendulum.factors().get(1).value(0));
    assertEquals(99, pendulum.factors().get(1).value(39));
    assertEquals(101, pendulum.factors().get(1).value(40));
    assertEquals(147, pendulum.factors().get(1).value(86));
    assertEquals(87, pendulum.rowOf(new int[] {1, 0}));
  }

  @Test
  void freeShadowsStandBesideTheCastOne() {
    final Pendulum free = new Pendulum(64, 3);
    assertEquals(4 * 7308, free.size());
    assertEquals("[angle[84], light[87], shadow[4]]", free.factors().toString());
    assertEquals(pendulum.variables(), free.variables());
    final float[] image = new float[3 * 64 * 64];
    final float[] rendered = new float[3 * 64 * 64];
    for (long row = 0; row < pendulum.size(); row += 7) {
      final double[] cast = pendulum.variablesOf(row);
      assertArrayEquals(cast, free.variablesOf(4 * row));
      for (long i = 4 * row + 1; i < 4 * row + 4; i++) {
        final int[] indices = free.factorsOf(i);
        assertEquals(i, free.rowOf(indices));
        final double[] values = free.variablesOf(i);
        assertEquals(cast[0], values[0]);
        assertEquals(cast[1], values[1]);
        // An intervention on a cause brings the shadow back to where it is cast.
        final Map<String, Double> set = Map.of("light", values[1]);
        assertArrayEquals(cast, free.intervene(values, set, true));
        assertArrayEquals(values, free.intervene(values, set, false));
      }
      free.image(4 * row + 2, image, 0);
      pendulum.render(free.variablesOf(4 * row + 2), rendered, 0);
      assertArrayEquals(rendered, image);
    }
  }

  @Test
  void freeShadowsDependOnNothing() {
    final int count = 2;
    final Pendulum free = new Pendulum(64, count);
    final double[][] columns = new double[4][2 * 7308];
    int n = 0;
    for (long row = 0; row < free.size(); row++) {
      if (row % (count + 1) != 0) {
        final double[] values = free.variablesOf(row);
        for (int k = 0; k < 4; k++) {
          columns[k][n] = values[k];
        }
        n++;
      }
    }
    assertEquals(columns[0].length, n);
    for (int k = 2; k < 4; k++) {
      final Variable variable = free.variables().get(k);
      final double[] sorted = columns[k].clone();
      Arrays.sort(sorted);
      final double span = variable.high() - variable.low();
      assertTrue(sorted[0] >= variable.low() && sorted[n - 1] <= variable.high());
      assertEquals(variable.low() + 0.25 * span, sorted[n / 4], 0.02 * span);
      assertEquals(variable.low() + 0.75 * span, sorted[3 * n / 4], 0.02 * span);
      for (int j = 0; j < k; j++) {
        // Five standard errors of a correlation of independent numbers.
        assertEquals(0, correlation(columns[j], columns[k]), 5 / Math.sqrt(n), j + ", " + k);
      }
    }
    // The cast shadow goes with the light.
    final double[][] cast = new double[2][7308];
    for (int row = 0; row < 7308; row++) {
      cast[0][row] = pendulum.variablesOf(row)[1];
      cast[1][row] = pendulum.variablesOf(row)[3];
    }
    assertTrue(Math.abs(correlation(cast[0], cast[1])) > 0.8);
  }

  @Test
  void freeShadowsAreTheSameInEverySet() {
    final Pendulum few = new Pendulum(64, 1);
    final Pendulum many = new Pendulum(32, 5);
    for (long row = 0; row < pendulum.size(); row += 13) {
      assertArrayEquals(few.variablesOf(2 * row + 1), many.variablesOf(6 * row + 1));
    }
    assertThrows(IllegalArgumentException.class, () -> new Pendulum(64, -1));
    assertThrows(IllegalArgumentException.class, () -> new Pendulum(64, 101));
  }

  private static double correlation(double[] a, double[] b) {
    final double meanA = Arrays.stream(a).average().orElseThrow();
    final double meanB = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Test
  void theShadowHasThePublishedRanges() {
    int clamped = 0;
    double longest = 0;
    double left = 20;
    double right = 0;
    for (long row = 0; row < pendulum.size(); row++) {
      final double[] v = pendulum.variablesOf(row);
      clamped += v[2] == 3 ? 1 : 0;
      longest = Math.max(longest, v[2]);
      left = Math.min(left, v[3]);
      right = Math.max(right, v[3]);
    }
    assertEquals(0.396, clamped / 7308.0, 0.0005);
    assertEquals(12.58, longest, 0.005);
    assertEquals(2.01, left, 0.005);
    assertEquals(19.61, right, 0.005);
    final Variable length = pendulum.variables().get(2);
    assertEquals(longest, length.high());
    assertEquals(3, length.low());
  }

  @Test
  void theMechanismIsTheOriginalFormula() {
    final Random random = new Random(8);
    for (int i = 0; i < 200; i++) {
      final double[] v = pendulum.variablesOf(random.nextLong(pendulum.size()));
      final double theta = v[0] * Math.PI / 200;
      final double tan = Math.tan(v[1] * Math.PI / 200);
      final double a = (-0.5 - (10.5 - 10 * tan)) / tan;
      final double x = 10 + 9.5 * Math.sin(theta);
      final double y = 10.5 - 9.5 * Math.cos(theta);
      final double b = (-0.5 - (y - x * tan)) / tan;
      assertEquals(Math.max(3, Math.abs(a - b)), v[2], 1e-9);
      assertEquals((a + b) / 2, v[3], 1e-9);
    }
  }

  @Test
  void theGraphIsKnown() {
    final List<Variable> variables = pendulum.variables();
    assertTrue(variables.get(0).exogenous());
    assertTrue(variables.get(1).exogenous());
    assertEquals(List.of("angle", "light"), variables.get(2).parents());
    assertEquals(List.of("angle", "light"), variables.get(3).parents());
    assertFalse(variables.get(3).exogenous());
  }

  @Test
  void descendantsFollowOrAreHeld() {
    final double[] base = pendulum.variablesOf(1234);
    final double[] held = pendulum.intervene(base, Map.of("light", 66.5), false);
    assertArrayEquals(new double[] {base[0], 66.5, base[2], base[3]}, held);
    final double[] moved = pendulum.intervene(base, Map.of("light", 66.5), true);
    assertEquals(base[0], moved[0]);
    assertTrue(moved[3] != base[3]);
    // One descendant is set: the other still follows.
    final double[] both =
        pendulum.intervene(base, Map.of("light", 66.5, "shadow_length", 7.0), true);
    assertArrayEquals(new double[] {base[0], 66.5, 7, moved[3]}, both);
    // Setting a variable without descendants moves nothing else, even off its mechanism.
    final double[] shadow = pendulum.intervene(held, Map.of("shadow_position", 12.0), true);
    assertArrayEquals(new double[] {base[0], 66.5, base[2], 12}, shadow);
    final long there = pendulum.rowOf(new int[] {10, 20});
    final double[] target = pendulum.variablesOf(there);
    assertArrayEquals(
        target, pendulum.intervene(base, Map.of("angle", target[0], "light", target[1]), true));
  }

  @Test
  void lightMayStandStraightAbove() {
    final double[] values =
        pendulum.intervene(pendulum.variablesOf(0), Map.of("angle", 0.0, "light", 100.0), true);
    assertEquals(10, values[3], 1e-9);
    assertEquals(3, values[2]);
  }

  @Test
  void eachVariableMovesItsOwnPartOfThePicture() {
    final double[] base = {10, 90, 5, 12};
    final int ground = 58;
    final int sun = 12;
    assertBand(base, new double[] {-20, 90, 5, 12}, sun, ground);
    assertBand(base, new double[] {10, 120, 5, 12}, 0, sun);
    assertBand(base, new double[] {10, 90, 9, 12}, ground, 64);
    assertBand(base, new double[] {10, 90, 5, 6}, ground, 64);
  }

  @Test
  void theShadowHasTheLengthAndPlaceOfItsVariables() {
    final float[] image = new float[3 * 64 * 64];
    final Random random = new Random(9);
    for (int i = 0; i < 50; i++) {
      final double length = 3 + 9 * random.nextDouble();
      final double middle = 8 + 4 * random.nextDouble();
      pendulum.render(new double[] {0, 90, length, middle}, image, 0);
      double sum = 0;
      double moment = 0;
      for (int x = 0; x < 64; x++) {
        final double dark = 1 - image[62 * 64 + x];
        sum += dark;
        moment += dark * (x + 0.5);
      }
      assertEquals(length, sum * 20 / 64, 1e-4);
      // A half-covered pixel counts at its centre, up to 1/8 px^2 off at each end.
      assertEquals(middle, moment / sum * 20 / 64, 0.01);
    }
  }

  @Test
  void sizesAreAPictureOfTheSameScene() {
    final double[] values = pendulum.variablesOf(3000);
    final float[] small = new float[3 * 64 * 64];
    final float[] large = new float[3 * 128 * 128];
    pendulum.render(values, small, 0);
    new Pendulum(128).render(values, large, 0);
    double difference = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 64; y++) {
        for (int x = 0; x < 64; x++) {
          final int at = c * 128 * 128 + 2 * y * 128 + 2 * x;
          final double mean = (large[at] + large[at + 1] + large[at + 128] + large[at + 129]) / 4;
          difference += Math.abs(mean - small[(c * 64 + y) * 64 + x]);
        }
      }
    }
    assertTrue(difference / small.length < 0.003, "mean difference " + difference / small.length);
  }

  @Test
  void colorsAreThoseNamed() {
    final float[] image = new float[3 * 96 * 96];
    new Pendulum(96).render(new double[] {0, 100, 3, 10}, image, 0);
    // The sun at the top, the bob under the pivot, the shadow, and white elsewhere.
    assertPixel(image, 48, 1, 255, 165, 0);
    assertPixel(image, 48, 80, 178, 34, 34);
    assertPixel(image, 48, 93, 0, 0, 0);
    assertPixel(image, 48, 60, 0, 0, 0);
    assertPixel(image, 5, 50, 255, 255, 255);
    for (float value : image) {
      assertTrue(value >= 0 && value <= 1);
    }
  }

  @Test
  void wrongUseIsRefused() {
    final double[] base = pendulum.variablesOf(0);
    final float[] image = new float[3 * 64 * 64];
    assertThrows(
        IllegalArgumentException.class,
        () -> pendulum.intervene(base, Map.of("light", 200.0), true));
    assertThrows(
        IllegalArgumentException.class, () -> pendulum.intervene(base, Map.of("sun", 1.0), true));
    assertThrows(IllegalArgumentException.class, () -> pendulum.render(new double[3], image, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> pendulum.render(new double[] {0, 90, Double.NaN, 10}, image, 0));
    assertThrows(IllegalArgumentException.class, () -> pendulum.image(0, image, 1));
    assertThrows(IllegalArgumentException.class, () -> new Pendulum(8));
  }

  private void assertBand(double[] base, double[] changed, int from, int to) {
    final float[] a = new float[3 * 64 * 64];
    final float[] b = new float[3 * 64 * 64];
    pendulum.render(base, a, 0);
    pendulum.render(changed, b, 0);
    assertFalse(Arrays.equals(a, b));
    for (int i = 0; i < a.length; i++) {
      final int y = i / 64 % 64;
      if (a[i] != b[i]) {
        assertTrue(y >= from && y < to, "row " + y);
      }
    }
  }

  private static void assertPixel(float[] image, int x, int y, int... rgb) {
    for (int c = 0; c < 3; c++) {
      assertEquals(rgb[c] / 255f, image[(c * 96 + y) * 96 + x], 1e-6f);
    }
  }
}
