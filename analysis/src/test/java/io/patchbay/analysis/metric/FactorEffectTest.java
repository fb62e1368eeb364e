package io.patchbay.analysis.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.PermutationTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FactorEffectTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(200, 0.95, 3);
  private static final PermutationTest TEST = new PermutationTest(999, 4);

  @Test
  void oracleIsTheSquaredCosineOfTheBestCounterfactual() {
    float[] effect = {9, 3, 4, 0};
    float[][] rerendered = {{0, 1, 0}, {-3, -4, 0}, {1, 0, 0}};
    // cos((3,4,0), .) = 4/5, -1, 3/5: the opposite change does not count.
    assertEquals(16 / 25.0, FactorCells.oracle(effect, 1, rerendered), 1e-15);
    float[][] parallel = {{0.3f * 5, 0.4f * 5, 0}};
    assertEquals(1, FactorCells.oracle(effect, 1, parallel), 1e-7);
    assertEquals(0, FactorCells.oracle(new float[3], 0, rerendered));
    assertEquals(0, FactorCells.oracle(effect, 1, new float[][] {new float[3]}));
    assertEquals(0, FactorCells.oracle(effect, 1, new float[0][]));
    assertThrows(
        IllegalArgumentException.class,
        () -> FactorCells.oracle(new float[] {Float.NaN, 1, 1}, 0, rerendered));
  }

  @Test
  void changesAreInUnitsOfTheDeviation() {
    assertEquals(1.5, FactorCells.change(4, 1, 2));
    assertThrows(IllegalArgumentException.class, () -> FactorCells.change(4, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> FactorCells.change(4, Double.NaN, 1));
  }

  private static FactorCells cells(Random random) {
    // Unit 0 moves factor 2; unit 1 moves nothing in particular; unit 2 moves factors 0 and 1.
    double[][] means = {{0.1, 0.1, 0.9, 0.1}, {0.3, 0.3, 0.3, 0.3}, {0.8, 0.8, 0.1, 0.1}};
    FactorCells cells = new FactorCells(3, 4, 50);
    for (int input = 0; input < 50; input++) {
      for (int unit = 0; unit < 3; unit++) {
        for (int factor = 0; factor < 4; factor++) {
          for (int value = 0; value < 1 + input % 3; value++) {
            cells.add(
                unit, factor, input, Math.abs(means[unit][factor] + 0.1 * random.nextGaussian()));
          }
        }
      }
    }
    return cells;
  }

  @Test
  void findsWhichFactorsAUnitMoves() {
    FactorEffect effect = FactorEffect.of(cells(new Random(5)), BOOTSTRAP, TEST);
    boolean[][] expected = {
      {false, false, true, false}, {false, false, false, false}, {true, true, false, false}
    };
    for (int unit = 0; unit < 3; unit++) {
      for (int factor = 0; factor < 4; factor++) {
        assertEquals(
            expected[unit][factor],
            effect.at(unit, factor).significant(0.05, 0.1),
            "unit " + unit + " factor " + factor);
      }
    }
    assertEquals(2, effect.largest(0));
    assertEquals(0.9, effect.at(0, 2).effect().estimate(), 0.05);
    assertEquals(50, effect.at(0, 2).effect().n());
    assertFalse(effect.at(0, 2).significant(0.05, 0.95));
    assertTrue(effect.at(0, 2).adjusted() >= effect.at(0, 2).p());
  }

  @Test
  void severalValuesOfACellAreAveraged() {
    FactorCells cells = new FactorCells(1, 2, 2);
    cells.add(0, 0, 0, 1);
    cells.add(0, 0, 0, 3);
    cells.add(0, 0, 1, 4);
    cells.add(0, 1, 0, 1);
    cells.add(0, 1, 1, 2);
    FactorEffect effect = FactorEffect.of(cells, BOOTSTRAP, TEST);
    assertEquals(3, effect.at(0, 0).effect().estimate());
    assertEquals(1.5, effect.at(0, 1).effect().estimate());
    // The same shares in both inputs, so the entropy has no bias.
    double p = 3 / 4.5;
    double entropy = -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    InterventionSpecificity semantic = InterventionSpecificity.of(cells.mass(), BOOTSTRAP);
    assertEquals(1 - entropy / Math.log(2), semantic.bounded().orElseThrow().estimate(), 1e-12);
    assertEquals(1 / (entropy + 1e-6), semantic.paperMedian().orElseThrow().estimate(), 1e-12);
  }

  @Test
  void refusesHolesAndNegativeValues() {
    FactorCells cells = new FactorCells(2, 2, 2);
    cells.add(0, 0, 0, 1);
    IllegalStateException missing = assertThrows(IllegalStateException.class, cells::table);
    assertTrue(missing.toString().contains("unit=0, factor=1, input=0"), missing.toString());
    assertThrows(IllegalArgumentException.class, () -> cells.add(0, 0, 0, -1));
    assertThrows(IllegalArgumentException.class, () -> cells.add(0, 0, 0, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> cells.add(0, 2, 0, 1));
  }
}
