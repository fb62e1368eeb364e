package io.patchbay.engine.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class NormalsTest {
  private static final int COUNT = 1_000_000;

  /// Values of many keys, 1000 each: what a model draws.
  private static float[] draws() {
    final float[] values = new float[COUNT];
    for (int row = 0; row < COUNT / 1000; row++) {
      Normals.fill(20260101L, Streams.EPS, 7919L * row, row % 3, values, row * 1000, 1000);
    }
    return values;
  }

  /// The normal distribution function by its series (|x| below 3) or continued fraction.
  private static double distribution(double x) {
    if (x < 0) {
      return 1 - distribution(-x);
    }
    final double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    if (x < 3) {
      double term = x;
      double sum = x;
      for (int k = 1; k < 100; k++) {
        term *= x * x / (2 * k + 1);
        sum += term;
      }
      return 0.5 + density * sum;
    }
    double fraction = x;
    for (int k = 60; k > 0; k--) {
      fraction = x + k / fraction;
    }
    return 1 - density / fraction;
  }

  @Test
  void momentsAreThoseOfTheNormal() {
    double m1 = 0;
    double m2 = 0;
    double m3 = 0;
    double m4 = 0;
    for (final double v : toDoubles(draws())) {
      m1 += v;
      m2 += v * v;
      m3 += v * v * v;
      m4 += v * v * v * v;
    }
    assertEquals(0, m1 / COUNT, 4 / Math.sqrt(COUNT));
    assertEquals(1, m2 / COUNT, 4 * Math.sqrt(2.0 / COUNT));
    assertEquals(0, m3 / COUNT, 4 * Math.sqrt(15.0 / COUNT));
    assertEquals(3, m4 / COUNT, 4 * Math.sqrt(96.0 / COUNT));
  }

  @Test
  void kolmogorovSmirnov() {
    final float[] values = draws();
    Arrays.sort(values);
    double distance = 0;
    for (int i = 0; i < COUNT; i++) {
      final double f = distribution(values[i]);
      distance = Math.max(distance, Math.max(f - (double) i / COUNT, (i + 1.0) / COUNT - f));
    }
    assertTrue(distance * Math.sqrt(COUNT) < 1.63, "scaled distance " + distance * 1000); // 99 %
  }

  @Test
  void tailsHaveTheirShare() {
    final float[] values = draws();
    for (final double x : new double[] {2, 3, 4, 4.5}) {
      final double expected = COUNT * (1 - distribution(x));
      int above = 0;
      int below = 0;
      for (final float v : values) {
        above += v > x ? 1 : 0;
        below += v < -x ? 1 : 0;
      }
      assertEquals(expected, above, 4 * Math.sqrt(expected) + 1, "above " + x);
      assertEquals(expected, below, 4 * Math.sqrt(expected) + 1, "below " + x);
    }
  }

  @Test
  void elementsOfOneBlockAreUncorrelated() {
    final float[] values = draws();
    for (int lag = 1; lag <= 8; lag++) {
      double product = 0;
      double squares = 0;
      for (int i = 0; i + lag < COUNT; i++) {
        product += (double) values[i] * values[i + lag];
        squares +=
            ((double) values[i] * values[i] - 1) * ((double) values[i + lag] * values[i + lag] - 1);
      }
      assertEquals(0, product / COUNT, 4 / Math.sqrt(COUNT), "lag " + lag);
      assertEquals(0, squares / COUNT, 8 / Math.sqrt(COUNT), "lag of squares " + lag);
    }
  }

  @Test
  void polynomialsAreAccurate() {
    final PhiloxRandom random = new PhiloxRandom(1, Streams.METRIC, 0, 0);
    for (int i = 0; i < 300_000; i++) {
      int word = random.nextInt();
      word = i % 3 == 0 ? word >>> (i % 31) : i % 3 == 1 ? ~(word >>> (i % 31)) : word;
      final float u = (float) (((word & 0xFFFFFFFFL) + 0.5) * 0x1p-32);
      final double radius = Math.sqrt(-2 * Math.log(u));
      assertEquals(radius, Normals.radius(word), 2e-7 * radius, "word=" + word);
      final double angle = (word & 0xFFFFFFFFL) * (2 * Math.PI * 0x1p-32);
      assertEquals(Math.cos(angle), Normals.cosine(word), 1.5e-7, "word=" + word);
      assertEquals(Math.sin(angle), Normals.sine(word), 1.5e-7, "word=" + word);
    }
  }

  @Test
  void extremesOfTheMapping() {
    assertEquals(0f, Math.abs(Normals.radius(-1)));
    assertEquals(Math.sqrt(66 * Math.log(2)), Normals.radius(0), 1e-6);
    final int[] quarters = {0, 1 << 30, 1 << 31, 3 << 30};
    final float[] cosines = {1, 0, -1, 0};
    for (int i = 0; i < 4; i++) {
      assertEquals(cosines[i], Normals.cosine(quarters[i]), 0f);
      assertEquals(cosines[(i + 3) % 4], Normals.sine(quarters[i]), 0f);
    }
  }

  @Test
  void anElementDependsOnNothingButItsKey() {
    final float[] all = new float[37];
    Normals.fill(3, Streams.NOISE, 1L << 33, 9, all, 0, 37);
    for (int length = 0; length < 37; length++) {
      final float[] some = new float[40];
      Arrays.fill(some, Float.NaN);
      Normals.fill(3, Streams.NOISE, 1L << 33, 9, some, 2, length);
      assertArrayEquals(Arrays.copyOf(all, length), Arrays.copyOfRange(some, 2, 2 + length));
      assertTrue(Float.isNaN(some[1]) && Float.isNaN(some[2 + length]));
      assertEquals(all[length], Normals.one(3, Streams.NOISE, 1L << 33, 9, length));
    }
  }

  @Test
  void goldenBits() {
    // The mapping is a promise: these bits may never change.
    final float[] values = new float[6];
    Normals.fill(0x5EEDL << 32 | 2026, Streams.EPS, 1L << 40 | 12345, 3, values, 0, 6);
    final int[] bits = new int[6];
    for (int i = 0; i < 6; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    assertArrayEquals(
        new int[] {0xBEECA14B, 0xBF72A3FF, 0x3DF80D90, 0x3FC2931A, 0x3E90E379, 0x3E3A2E3E}, bits);
  }

  private static double[] toDoubles(float[] values) {
    final double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
