package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FlowTest {
  private static final int BALL = 0;
  private static final int HOLE = 1;
  private static final int HEIGHT = 2;
  private static final int X = 3;

  private final Flow flow = new Flow(64);

  @Test
  void theGridIsThatOfTheOriginal() {
    assertEquals(8100, flow.size());
    assertEquals("[ball[30], water[30], hole[9]]", flow.factors().toString());
    assertEquals(5, flow.factors().get(0).value(0));
    assertEquals(34, flow.factors().get(0).value(29));
    assertEquals(1.0, flow.factors().get(1).value(0));
    assertEquals(3.9, flow.factors().get(1).value(29));
    assertEquals(6, flow.factors().get(2).value(0));
    assertEquals(14, flow.factors().get(2).value(8));
    assertEquals(9, flow.rowOf(new int[] {0, 1, 0}));
  }

  @Test
  void labelsAreTheClosedForm() {
    for (int r = 5; r < 35; r++) {
      for (int raw = 10; raw < 40; raw++) {
        for (int hole = 6; hole < 15; hole++) {
          final double h = Math.pow(r / 30.0, 3) + raw / 10.0;
          final double deep = hole / 3.0;
          final double reach = Math.sqrt(2 * 0.98 * h * (deep - 0.5));
          final double[] v = flow.variablesOf(flow.rowOf(new int[] {r - 5, raw - 10, hole - 6}));
          assertEquals(r, v[BALL]);
          assertEquals(hole, v[HOLE]);
          assertEquals(h, v[HEIGHT], 1e-12);
          assertEquals(10 * reach, v[X], 1e-11);
        }
      }
    }
  }

  @Test
  void noTwoPicturesShareTheirLabels() {
    final Set<String> exact = new HashSet<>();
    final Set<String> cut = new HashSet<>();
    for (long row = 0; row < flow.size(); row++) {
      final double[] v = flow.variablesOf(row);
      exact.add(Arrays.toString(v));
      cut.add((int) v[BALL] + "_" + (int) v[HEIGHT] + "_" + (int) v[X] + "_" + (int) v[HOLE]);
    }
    assertEquals(8100, exact.size());
    // What cutting them off to whole numbers, as the original's file names do, would lose.
    assertTrue(cut.size() < 7000, "" + cut.size());
  }

  @Test
  void theGraphIsKnown() {
    final List<Variable> variables = flow.variables();
    assertEquals(
        List.of("ball", "hole", "height", "x"), variables.stream().map(Variable::name).toList());
    assertTrue(variables.get(BALL).exogenous());
    assertTrue(variables.get(HOLE).exogenous());
    assertEquals(List.of("ball"), variables.get(HEIGHT).parents());
    assertEquals(List.of("height", "hole"), variables.get(X).parents());
    assertEquals(17.2, variables.get(X).low(), 0.05);
    assertEquals(66.1, variables.get(X).high(), 0.05);
    assertEquals(1.0046, variables.get(HEIGHT).low(), 1e-4);
    assertEquals(5.3558, variables.get(HEIGHT).high(), 1e-4);
  }

  @Test
  void theWaterStaysWhenTheBallIsSet() {
    final Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      final int[] at = {random.nextInt(30), random.nextInt(30), random.nextInt(9)};
      final double[] base = flow.variablesOf(flow.rowOf(at));
      at[0] = random.nextInt(30);
      final double[] there = flow.variablesOf(flow.rowOf(at));
      final double[] moved = flow.intervene(base, Map.of("ball", there[BALL]), true);
      assertArrayEquals(there, moved, 1e-11);
    }
  }

  @Test
  void descendantsFollowOrAreHeldAndOthersStay() {
    final double[] base = flow.variablesOf(4321);
    final double[] hole = flow.intervene(base, Map.of("hole", 7.5), true);
    assertEquals(base[BALL], hole[BALL]);
    assertEquals(base[HEIGHT], hole[HEIGHT]);
    assertEquals(10 * Math.sqrt(1.96 * base[HEIGHT] * 2), hole[X], 1e-11);
    assertArrayEquals(
        new double[] {base[BALL], 7.5, base[HEIGHT], base[X]},
        flow.intervene(base, Map.of("hole", 7.5), false));
    final double[] height = flow.intervene(base, Map.of("height", 2.0), true);
    assertEquals(base[BALL], height[BALL]);
    assertEquals(base[HOLE], height[HOLE]);
    assertEquals(10 * Math.sqrt(3.92 * (base[HOLE] / 3 - 0.5)), height[X], 1e-11);
    // x has no descendants, and stays where it is set while its causes are too.
    assertArrayEquals(
        new double[] {base[BALL], base[HOLE], base[HEIGHT], 20},
        flow.intervene(base, Map.of("x", 20.0), true));
    assertEquals(20, flow.intervene(base, Map.of("x", 20.0, "hole", 9.0), true)[X]);
    // Half followed: the height is held, x follows from it.
    final double[] held = flow.intervene(base, Map.of("ball", 5.0, "height", 3.0), true);
    assertEquals(3, held[HEIGHT]);
    assertEquals(10 * Math.sqrt(5.88 * (base[HOLE] / 3 - 0.5)), held[X], 1e-11);
  }

  @Test
  void settingWhatIsSetChangesNothing() {
    final float[] before = new float[3 * 64 * 64];
    final float[] after = new float[3 * 64 * 64];
    for (long row = 0; row < flow.size(); row += 97) {
      final double[] base = flow.variablesOf(row);
      final double[] same =
          flow.intervene(
              base, Map.of("ball", base[BALL], "hole", base[HOLE], "height", base[HEIGHT]), true);
      assertArrayEquals(base, same);
      assertArrayEquals(
          base, flow.intervene(base, Map.of("ball", base[BALL], "hole", base[HOLE]), true));
      flow.image(row, before, 0);
      flow.render(same, after, 0);
      assertArrayEquals(before, after);
    }
  }

  @Test
  void noWaterNoJet() {
    double[] values = flow.variablesOf(flow.rowOf(new int[] {29, 0, 4}));
    values = flow.intervene(values, Map.of("height", flow.variables().get(HEIGHT).low()), true);
    values = flow.intervene(values, Map.of("ball", 5.0), true);
    assertTrue(values[HEIGHT] < 0);
    assertEquals(0, values[X]);
  }

  @Test
  void eachVariableHasItsPlaceInThePicture() {
    final float[] image = new float[3 * 96 * 96];
    final Flow large = new Flow(96);
    final double unit = 96 / 20.0;
    for (double height : new double[] {1.5, 3, 4.75}) {
      large.render(new double[] {20, 9, height, 40}, image, 0);
      // The level of the water, down the cup between wall and ball.
      double water = 0;
      for (int y = 0; y < 95; y++) {
        water += 1 - image[y * 96 + 17];
      }
      final double blue = 1 - 135 / 255.0;
      // Down to the middle of the ground's line, which is black.
      assertEquals((5 + height) * unit, water / blue, 4, "height " + height);
    }
    for (double x : new double[] {20, 35, 60}) {
      large.render(new double[] {20, 12, 3, x}, image, 0);
      // Just above the ground, the jet is where x says: red is missing there.
      final int row = (int) (96 - 0.75 * unit);
      final double fall = Math.sqrt((4 - (96 - row - 0.5) / unit) / 3.5);
      double sum = 0;
      double moment = 0;
      for (int i = 45; i < 96; i++) {
        sum += 1 - image[row * 96 + i];
        moment += (1 - image[row * 96 + i]) * (i + 0.5);
      }
      assertEquals((8 + x / 10 * fall) * unit, moment / sum, 0.5, "x " + x);
    }
  }

  @Test
  void theHoleIsAGapInTheWall() {
    final float[] image = new float[3 * 96 * 96];
    for (int hole = 6; hole < 15; hole++) {
      new Flow(96).render(new double[] {5, hole, 3, 40}, image, 0);
      // Red left of the jet's own column, from the top of the wall to the ground.
      int lightest = 0;
      double most = -1;
      final int column = (int) (8 * 96 / 20.0);
      for (int y = 8; y < 92; y++) {
        if (image[y * 96 + column] > most) {
          most = image[y * 96 + column];
          lightest = y;
        }
      }
      assertEquals(96 - (hole / 3.0 + 0.2) * 96 / 20, lightest + 0.5, 1.5, "hole " + hole);
    }
  }

  @Test
  void sizesAreAPictureOfTheSameScene() {
    final double[] values = flow.variablesOf(3000);
    final float[] small = new float[3 * 64 * 64];
    final float[] large = new float[3 * 128 * 128];
    flow.render(values, small, 0);
    new Flow(128).render(values, large, 0);
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
    assertTrue(difference / small.length < 0.004, "mean difference " + difference / small.length);
    for (float value : large) {
      assertTrue(value >= 0 && value <= 1);
    }
  }

  @Test
  void everySingleVariableMovesThePicture() {
    final float[] before = new float[3 * 64 * 64];
    final float[] after = new float[3 * 64 * 64];
    final double[] base = flow.variablesOf(4000);
    flow.render(base, before, 0);
    for (Variable variable : flow.variables()) {
      final double[] moved = flow.intervene(base, Map.of(variable.name(), variable.high()), false);
      flow.render(moved, after, 0);
      assertFalse(Arrays.equals(before, after), variable.name());
    }
  }

  @Test
  void wrongUseIsRefused() {
    final double[] base = flow.variablesOf(0);
    final float[] image = new float[3 * 64 * 64];
    for (Map<String, Double> set :
        List.of(Map.of("ball", 40.0), Map.of("water", 2.0), Map.of("x", Double.NaN))) {
      assertThrows(IllegalArgumentException.class, () -> flow.intervene(base, set, true));
    }
    assertThrows(IllegalArgumentException.class, () -> flow.render(new double[3], image, 0));
    assertThrows(
        IllegalArgumentException.class, () -> flow.render(new double[] {10, 1, 3, 40}, image, 0));
    assertThrows(IllegalArgumentException.class, () -> flow.image(0, image, 1));
    assertThrows(IllegalArgumentException.class, () -> flow.image(8100, image, 0));
    assertThrows(IllegalArgumentException.class, () -> new Flow(8));
  }
}
