package io.patchbay.analysis.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CircuitModularityTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(300, 0.95, 2);
  private static final boolean[] BOTH = {true, true};

  private static double value(double[][] effects, double[] deviations) {
    boolean[] active = new boolean[effects.length];
    Arrays.fill(active, true);
    return CircuitModularity.of(effects, deviations, active).orElseThrow();
  }

  @Test
  void orthogonalCircuitsAreModularAndIdenticalOnesAreNot() {
    double[] ones = {1, 1, 1, 1};
    double[][] orthogonal = {{1, -1, 0, 0}, {0, 0, 1, -1}};
    assertEquals(1, value(orthogonal, ones));
    double[][] identical = {{1, 5, -2, 0.3}, {1, 5, -2, 0.3}};
    assertEquals(0, value(identical, ones), 1e-15);
    double[][] opposite = {{1, 5, -2, 0.3}, {-2, -10, 4, -0.6}};
    assertEquals(0, value(opposite, ones), 1e-15);
  }

  @Test
  void threeLatentsByHand() {
    // Centred rows (-1,0,1), (-1,1,0), (0,-1,1): products 1, 1, -1, squares 2 each.
    double[][] effects = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}};
    assertEquals(0.5, value(effects, new double[] {1, 1, 1}), 1e-15);
    // The last unit moves twice as much and varies twice as much.
    double[][] scaled = {{1, 2, 6}, {1, 3, 4}, {2, 1, 6}};
    assertEquals(0.5, value(scaled, new double[] {1, 1, 2}), 1e-15);
  }

  @Test
  void unitsWithoutDeviationAreLeftOut() {
    double[][] effects = {{1, 2, 3, 900}, {1, 3, 2, -7}};
    assertEquals(0.5, value(effects, new double[] {1, 1, 1, 0}), 1e-15);
  }

  @Test
  void undefinedIsNeverANumber() {
    double[] ones = {1, 1, 1};
    double[][] effects = {{1, 2, 3}, {0, 0, 0}};
    assertEquals(OptionalDouble.empty(), CircuitModularity.of(effects, ones, BOTH));
    double[][] inactive = {{1, 2, 3}, {3, 1, 2}};
    assertEquals(
        OptionalDouble.empty(), CircuitModularity.of(inactive, ones, new boolean[] {true, false}));
    double[][] uniform = {{1, 2, 3}, {0.1, 0.1, 0.1}};
    assertEquals(OptionalDouble.empty(), CircuitModularity.of(uniform, ones, BOTH));
    assertEquals(OptionalDouble.empty(), CircuitModularity.of(inactive, new double[3], BOTH));
  }

  @Test
  void accumulatesOrientedMeansAndDeviations() {
    OrientedEffects effects = new OrientedEffects("decoder.fc1", 1, 3, 2, 2);
    effects.addBase(new float[] {9, 1, 5, 7}, 1);
    effects.addBase(new float[] {3, 5, 8}, 0);
    float[] base = {1, 5, 7};
    effects.add(0, 0, -2, base, 0, new float[] {0, 3, 5, 8}, 1); // -(2, 0, 1)
    effects.addDifference(0, 0, 0.5, new float[] {4, 4, 4}, 0); // +(4, 4, 4)
    effects.addDifference(0, 1, 0, new float[] {100, 100, 100}, 0); // v = z: no side
    effects.addDifference(0, 1, 3, new float[] {0, 1, 0}, 0);
    assertArrayEquals(new double[] {2 / 4.0, 5 / 4.0, 3 / 4.0}, effects.meanEffect(0), 1e-15);
    assertArrayEquals(new double[] {1, 0, 0.5}, effects.deviations(), 1e-12);
  }

  @Test
  void modelAveragesSitesAndCountsWhatIsLeftOut() {
    Random random = new Random(77);
    int inputs = 24;
    OrientedEffects first = new OrientedEffects("decoder.fc1", 4, 12, inputs, inputs);
    OrientedEffects second = new OrientedEffects("decoder.fc2", 4, 5, inputs, 8);
    OrientedEffects third = new OrientedEffects("decoder.fc2", 4, 5, inputs, inputs);
    double[][] sums = new double[2][12];
    for (int input = 0; input < inputs; input++) {
      float[] a = new float[12];
      for (int u = 1; u < 12; u++) {
        a[u] = (float) random.nextGaussian();
      }
      first.addBase(a, 0); // unit 0 is constant
      third.addBase(a, 1);
      for (int latent = 0; latent < 2; latent++) {
        float[] d = new float[12];
        for (int u = 0; u < 12; u++) {
          d[u] = (float) (random.nextGaussian() + (u % 3 == latent ? 2 : 0));
          sums[latent][u] += d[u];
        }
        first.addDifference(latent, input, 1, d, 0);
      }
      first.addDifference(2, input, 1, new float[12], 0);
      first.addDifference(3, input, 1, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1}, 0);
      third.addDifference(0, input, 1, new float[] {1, 2, 3, 4, 5}, 0);
    }
    boolean[] active = {true, true, true, false};
    CircuitModularity result = CircuitModularity.of(List.of(first, third), active, BOOTSTRAP);
    double[] deviations = first.deviations();
    double expected = 1 - Math.abs(pearson(sums[0], sums[1], deviations));
    CircuitModularity.Site site = result.sites().getFirst();
    Interval value = site.value().orElseThrow();
    // Less its bias, which the next test has exactly.
    assertEquals(expected, value.estimate(), 0.05);
    assertTrue(value.low() < value.estimate() && value.estimate() < value.high());
    assertEquals(inputs, value.n());
    assertEquals(2, site.latents());
    assertEquals(1, site.withoutEffect());
    assertEquals(11, site.units());
    assertEquals(1, site.unitsLeftOut());
    assertEquals(1, result.inactive());
    assertTrue(result.sites().get(1).value().isEmpty());
    assertEquals(value, result.model().orElseThrow());
    assertThrows(
        IllegalArgumentException.class,
        () -> CircuitModularity.of(List.of(first, second), active, BOOTSTRAP));
  }

  // Pearson over units 1.., by the textbook's raw-moment formula.
  private static double pearson(double[] a, double[] b, double[] deviations) {
    double n = 0;
    double sa = 0;
    double sb = 0;
    double saa = 0;
    double sbb = 0;
    double sab = 0;
    for (int u = 1; u < a.length; u++) {
      double x = a[u] / deviations[u];
      double y = b[u] / deviations[u];
      n++;
      sa += x;
      sb += y;
      saa += x * x;
      sbb += y * y;
      sab += x * y;
    }
    return (n * sab - sa * sb) / Math.sqrt((n * saa - sa * sa) * (n * sbb - sb * sb));
  }

  @Test
  void resamplingInputsGivesTheSpreadOfRecomputedModularity() {
    Random random = new Random(123);
    int inputs = 40;
    float[][][] cells = new float[2][inputs][9];
    OrientedEffects effects = new OrientedEffects("decoder.fc1", 2, 9, inputs, inputs);
    for (int input = 0; input < inputs; input++) {
      float[] a = new float[9];
      for (int u = 0; u < 9; u++) {
        a[u] = (float) random.nextGaussian();
        cells[0][input][u] = (float) (u + 4 * random.nextGaussian());
        cells[1][input][u] = (float) (u % 4 + 4 * random.nextGaussian());
      }
      effects.addBase(a, 0);
      effects.addDifference(0, input, 1, cells[0][input], 0);
      effects.addDifference(1, input, 1, cells[1][input], 0);
    }
    Interval fast = CircuitModularity.of(List.of(effects), BOTH, BOOTSTRAP).model().orElseThrow();
    double[] deviations = effects.deviations();
    Interval direct =
        BOOTSTRAP
            .unbiased(
                inputs,
                1,
                0,
                1,
                (counts, out) -> {
                  double[][] sums = new double[2][9];
                  for (int input = 0; input < inputs; input++) {
                    for (int latent = 0; latent < 2; latent++) {
                      for (int u = 0; u < 9; u++) {
                        sums[latent][u] += (double) counts[input] * cells[latent][input][u];
                      }
                    }
                  }
                  out[0] = CircuitModularity.of(sums, deviations, BOTH).orElseThrow();
                })
            .getFirst();
    assertEquals(direct.estimate(), fast.estimate(), 1e-12);
    assertEquals(direct.low(), fast.low(), 1e-10);
    assertEquals(direct.high(), fast.high(), 1e-10);
  }

  @Test
  void refusesHoles() {
    OrientedEffects effects = new OrientedEffects("decoder.fc1", 2, 2, 3, 3);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> effects.addDifference(0, 0, 1, new float[] {0, Float.NaN}, 0));
    assertTrue(refused.toString().contains("site=decoder.fc1, unit=1"), refused.toString());
    assertThrows(
        IllegalArgumentException.class, () -> effects.addDifference(2, 0, 1, new float[2], 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> effects.addDifference(0, 0, Double.NaN, new float[2], 0));
    assertThrows(IllegalStateException.class, effects::deviations);
  }
}
