package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The judge is judged by what it must satisfy: its three convolution maps are one bilinear form,
/// and its gradients are those of its losses.
final class Float64NetTest {
  @ParameterizedTest
  @EnumSource(
      value = Layer.class,
      names = {"E1", "E4", "D1", "D4"})
  void theThreeMapsAreOneForm(final Layer layer) {
    final var random = new SplittableRandom(11);
    final int small = layer.smallChannels() * layer.side() * layer.side();
    final double[] x = values(random, 4 * layer.largeChannels() * layer.side() * layer.side());
    final double[] g = values(random, small);
    final double[] w = values(random, 16 * layer.largeChannels() * layer.smallChannels());
    final double[] y = new double[small];
    Float64Convolution.down(layer, w, x, y);
    final double[] dx = new double[x.length];
    Float64Convolution.up(layer, w, g, dx);
    final double[] dw = new double[w.length];
    Float64Convolution.weight(layer, dw, x, g);
    final double form = dot(y, g);
    assertEquals(form, dot(dx, x), 1e-9 * Math.abs(form) + 1e-9);
    assertEquals(form, dot(dw, w), 1e-9 * Math.abs(form) + 1e-9);
  }

  @ParameterizedTest
  @EnumSource(
      value = Layer.class,
      names = {"E2", "D3"})
  void oneTapLandsWhereTheDefinitionSays(final Layer layer) {
    final double[] w = new double[16 * layer.largeChannels() * layer.smallChannels()];
    final int s = 3;
    final int l = 5;
    w[((s * layer.largeChannels() + l) * 4 + 2) * 4 + 1] = 1;
    final int side = layer.side();
    final int wide = 2 * side;
    final double[] x = new double[layer.largeChannels() * wide * wide];
    // Small pixel (4, 6), tap (2, 1): large row 2 * 4 + 2 - 1, column 2 * 6 + 1 - 1.
    x[(l * wide + 9) * wide + 12] = 7;
    final double[] y = new double[layer.smallChannels() * side * side];
    Float64Convolution.down(layer, w, x, y);
    for (int i = 0; i < y.length; i++) {
      assertEquals(i == (s * side + 4) * side + 6 ? 7 : 0, y[i]);
    }
  }

  private static double[] values(final SplittableRandom random, final int count) {
    return random.doubles(count, -1, 1).toArray();
  }

  private static double dot(final double[] a, final double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
