package io.patchbay.analysis.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InterventionSpecificityTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(300, 0.95, 13);

  @Test
  void extremesAndAHandComputedUnit() {
    EffectMass mass = new EffectMass(4, 4, 6, 6);
    for (int input = 0; input < 6; input++) {
      mass.add(0, input, 2, 0.5 + input); // one element
      mass.add(1, input, new float[] {9, 2, 2, 2, 2}, 1); // all alike
      mass.addSquared(2, input, new float[] {1, 0, -1, (float) Math.sqrt(2)}, 0); // 1/4, 1/4, 1/2
    }
    InterventionSpecificity result = InterventionSpecificity.of(mass, BOOTSTRAP);
    InterventionSpecificity.Unit focused = result.units().get(0);
    assertEquals(new Interval(1, 1, 1, 6), focused.bounded().orElseThrow());
    assertEquals(1e6, focused.paper().orElseThrow().estimate(), 1e-6);
    InterventionSpecificity.Unit spread = result.units().get(1);
    assertEquals(0, spread.bounded().orElseThrow().estimate(), 1e-12);
    assertEquals(1 / (Math.log(4) + 1e-6), spread.paper().orElseThrow().estimate(), 1e-12);
    InterventionSpecificity.Unit mixed = result.units().get(2);
    double entropy = 1.5 * Math.log(2);
    assertEquals(entropy, mixed.entropy().orElseThrow(), 1e-7);
    assertEquals(0.25, mixed.bounded().orElseThrow().estimate(), 1e-7);
    assertTrue(result.units().get(3).bounded().isEmpty());
    assertEquals(3, result.counted());
    assertEquals(1, result.undefined());
    assertEquals((1 + 0 + 0.25) / 3, result.bounded().orElseThrow().estimate(), 1e-7);
    assertEquals(1 / (entropy + 1e-6), result.paperMedian().orElseThrow().estimate(), 1e-6);
  }

  @Test
  void inactiveUnitsDoNotCountAndASingleElementIsUndefined() {
    EffectMass mass = new EffectMass(3, 2, 2, 2);
    for (int input = 0; input < 2; input++) {
      mass.add(0, input, 0, 1);
      mass.add(1, input, 0, 1);
      mass.add(1, input, 1, 1);
    }
    InterventionSpecificity result =
        InterventionSpecificity.of(mass, new boolean[] {false, true, true}, BOOTSTRAP);
    assertEquals(0, result.bounded().orElseThrow().estimate(), 1e-12);
    assertEquals(1, result.inactive());
    assertEquals(1, result.undefined());
    assertEquals(1, result.counted());
    assertEquals(1, result.units().getFirst().bounded().orElseThrow().estimate());

    EffectMass single = new EffectMass(1, 1, 2, 2);
    single.add(0, 0, 0, 3);
    InterventionSpecificity none = InterventionSpecificity.of(single, BOOTSTRAP);
    assertTrue(none.bounded().isEmpty() && none.paperMedian().isEmpty());
    assertEquals(1, none.undefined());
  }

  @Test
  void scaleAndOrderOfElementsDoNotMatter() {
    Random random = new Random(4);
    int elements = 37;
    EffectMass first = new EffectMass(2, elements, 20, 20);
    EffectMass second = new EffectMass(2, elements, 20, 20);
    for (int input = 0; input < 20; input++) {
      for (int unit = 0; unit < 2; unit++) {
        for (int e = 0; e < elements; e++) {
          double mass = Math.exp(random.nextGaussian() * 2);
          first.add(unit, input, e, mass);
          second.add(unit, input, (e * 5 + 3) % elements, 8 * mass);
        }
      }
    }
    Interval expected = InterventionSpecificity.of(first, BOOTSTRAP).bounded().orElseThrow();
    Interval actual = InterventionSpecificity.of(second, BOOTSTRAP).bounded().orElseThrow();
    assertEquals(expected.estimate(), actual.estimate(), 1e-12);
    assertEquals(expected.low(), actual.low(), 1e-12);
    assertEquals(expected.high(), actual.high(), 1e-12);
    assertTrue(expected.low() < expected.high());
  }

  @Test
  void blocksOfInputsHardlyMoveTheEstimateAndReportTheInputs() {
    Random random = new Random(40);
    EffectMass fine = new EffectMass(1, 5, 90, 90);
    EffectMass coarse = new EffectMass(1, 5, 90, 16);
    for (int input = 0; input < 90; input++) {
      for (int e = 0; e < 5; e++) {
        double mass = (e + 1) * random.nextDouble();
        fine.add(0, input, e, mass);
        coarse.add(0, input, e, mass);
      }
    }
    Interval a = InterventionSpecificity.of(fine, BOOTSTRAP).bounded().orElseThrow();
    Interval b = InterventionSpecificity.of(coarse, BOOTSTRAP).bounded().orElseThrow();
    assertEquals(a.estimate(), b.estimate(), 0.02 * (a.high() - a.low()));
    assertEquals(90, b.n());
    double ratio = (b.high() - b.low()) / (a.high() - a.low());
    assertTrue(ratio > 0.5 && ratio < 1.6, "width ratio " + ratio);
  }

  @Test
  void refusesNegativeAndMissingMass() {
    EffectMass mass = new EffectMass(2, 3, 4, 4);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> mass.add(1, 2, new float[] {0, Float.NaN, 0}, 0));
    assertTrue(refused.toString().contains("unit=1, input=2, element=1"), refused.toString());
    assertThrows(IllegalArgumentException.class, () -> mass.add(0, 0, 0, -1e-9));
    assertThrows(IllegalArgumentException.class, () -> mass.add(0, 4, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> mass.add(2, 0, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> InterventionSpecificity.of(mass, new boolean[] {true}, BOOTSTRAP));
  }
}
