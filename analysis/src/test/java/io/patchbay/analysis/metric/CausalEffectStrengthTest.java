package io.patchbay.analysis.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CausalEffectStrengthTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(400, 0.95, 6);

  /// For y = W z, setting z_i to v moves y by (v - z_i) times column i of W: the norm is |v - z_i|
  /// times the column's norm.
  @Test
  void linearDecoderByHand() {
    // Column norms 5 and 2; z of the two inputs; two values.
    double[] norms = {5, 2};
    double[][] z = {{0, 1}, {2, -1}};
    double[] grid = {-1, 3};
    float[] effects = new float[2 * 2 * 2];
    int next = 0;
    for (int unit = 0; unit < 2; unit++) {
      for (int input = 0; input < 2; input++) {
        for (double v : grid) {
          effects[next++] = (float) (Math.abs(v - z[input][unit]) * norms[unit]);
        }
      }
    }
    CausalEffectStrength strength =
        CausalEffectStrength.of(new EffectCube(effects, 2, 2, 2), BOOTSTRAP);
    // unit 0: 5 * (1 + 3 + 3 + 1) / 4; unit 1: 2 * (2 + 2 + 0 + 4) / 4
    assertEquals(10, strength.units().get(0).estimate());
    assertEquals(4, strength.units().get(1).estimate());
    assertEquals(7, strength.model().estimate());
    assertEquals(2, strength.model().n());
  }

  @Test
  void scalesWithTheEffectAndFollowsThePermutationOfUnits() {
    Random random = new Random(2);
    int units = 5;
    int inputs = 31;
    int values = 7;
    float[] effects = new float[units * inputs * values];
    for (int i = 0; i < effects.length; i++) {
      effects[i] = random.nextFloat();
    }
    float[] other = new float[effects.length];
    int[] order = {3, 0, 4, 1, 2};
    int cells = inputs * values;
    for (int u = 0; u < units; u++) {
      for (int i = 0; i < cells; i++) {
        other[u * cells + i] = 4 * effects[order[u] * cells + i];
      }
    }
    CausalEffectStrength first =
        CausalEffectStrength.of(new EffectCube(effects, units, inputs, values), BOOTSTRAP);
    CausalEffectStrength second =
        CausalEffectStrength.of(new EffectCube(other, units, inputs, values), BOOTSTRAP);
    assertEquals(4 * first.model().estimate(), second.model().estimate(), 1e-12);
    assertEquals(4 * first.model().low(), second.model().low(), 1e-12);
    for (int u = 0; u < units; u++) {
      assertEquals(4 * first.units().get(order[u]).high(), second.units().get(u).high(), 1e-12);
    }
  }

  @Test
  void effectsOfAnInputStayTogether() {
    // Units of opposite effect per input: their mean is constant, so the model has no width.
    float[] effects = {1, 2, 3, 4, 3, 2, 1, 0};
    CausalEffectStrength strength =
        CausalEffectStrength.of(new EffectCube(effects, 2, 4, 1), BOOTSTRAP);
    assertEquals(2, strength.model().low());
    assertEquals(2, strength.model().high());
    assertTrue(strength.units().getFirst().high() > strength.units().getFirst().low());
  }

  @Test
  void refusesHolesAndNamesTheCell() {
    float[] effects = new float[2 * 3 * 4];
    effects[1 * 12 + 2 * 4 + 3] = Float.NaN;
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new EffectCube(effects, 2, 3, 4));
    assertTrue(refused.toString().contains("unit=1, input=2, value=3"), refused.toString());
    assertThrows(IllegalArgumentException.class, () -> new EffectCube(new float[7], 2, 2, 2));
  }
}
