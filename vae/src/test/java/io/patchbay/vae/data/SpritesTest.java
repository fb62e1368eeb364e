package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SpritesTest {
  private static final int ELEMENTS = 64 * 64;

  private final Sprites sprites = new Sprites(false);

  @Test
  void theGridIsThatOfDsprites() {
    assertEquals(
        List.of("shape[3]", "scale[6]", "orientation[40]", "posX[32]", "posY[32]"),
        sprites.factors().stream().map(Factor::toString).toList());
    assertEquals(737_280, sprites.size());
    // The published bases of the five factors.
    assertEquals(245_760, sprites.rowOf(new int[] {1, 0, 0, 0, 0}));
    assertEquals(40_960, sprites.rowOf(new int[] {0, 1, 0, 0, 0}));
    assertEquals(1_024, sprites.rowOf(new int[] {0, 0, 1, 0, 0}));
    assertEquals(32, sprites.rowOf(new int[] {0, 0, 0, 1, 0}));
    assertEquals(1, sprites.rowOf(new int[] {0, 0, 0, 0, 1}));
    assertEquals(0.6, sprites.factors().get(1).value(1), 1e-15);
    assertEquals(2 * Math.PI, sprites.factors().get(2).value(39));
    assertEquals(1.0, sprites.factors().get(4).value(31));
  }

  @Test
  void rowsAndIndicesAreInverse() {
    final Random random = new Random(71);
    for (int i = 0; i < 1000; i++) {
      final long row = random.nextLong(sprites.size());
      assertEquals(row, sprites.rowOf(sprites.factorsOf(row)));
    }
    assertThrows(IllegalArgumentException.class, () -> sprites.factorsOf(737_280));
    assertThrows(IllegalArgumentException.class, () -> sprites.factorsOf(-1));
    assertThrows(IllegalArgumentException.class, () -> sprites.rowOf(new int[] {0, 6, 0, 0, 0}));
    assertThrows(IllegalArgumentException.class, () -> sprites.rowOf(new int[] {0, 0}));
  }

  @Test
  void aHeartStandsUprightAtTheTopRight() {
    assertEquals(
        """
        .#####.#####..
        #############.
        ##############
        ##############
        ##############
        ##############
        ##############
        #############.
        .############.
        ..##########..
        ...########...
        ....######....
        .....###......
        """,
        draw(2, 3, 0, 31, 0));
  }

  @Test
  void anEllipseTurnsClockwise() {
    assertEquals(
        """
        ######......
        #######.....
        ########....
        #########...
        ##########..
        ###########.
        .##########.
        ..##########
        ...#########
        ....########
        .....#######
        .......####.
        """,
        draw(1, 2, 5, 0, 31));
  }

  @Test
  void allImagesDifferButTheFirstAndLastOrientation() {
    final Set<String> seen = new HashSet<>();
    for (int shape = 0; shape < 3; shape++) {
      for (int scale = 0; scale < 6; scale++) {
        for (int turn = 0; turn < 39; turn++) {
          assertTrue(seen.add(image(shape, scale, turn, 15, 15)), shape + " " + scale + " " + turn);
        }
        assertEquals(image(shape, scale, 0, 3, 9), image(shape, scale, 39, 3, 9));
      }
    }
  }

  @Test
  void aStepOfPositionIsOnePixelAndNothingIsCutOff() {
    final float[] middle = new float[ELEMENTS];
    final float[] moved = new float[ELEMENTS];
    final Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      final int[] f = sprites.factorsOf(random.nextLong(sprites.size()));
      sprites.image(sprites.rowOf(f), moved, 0);
      final int dx = f[3] - 15;
      final int dy = f[4] - 15;
      f[3] = 15;
      f[4] = 15;
      sprites.image(sprites.rowOf(f), middle, 0);
      for (int y = 0; y < 64; y++) {
        for (int x = 0; x < 64; x++) {
          final boolean outside = y + dy < 0 || y + dy > 63 || x + dx < 0 || x + dx > 63;
          final float there = outside ? 0 : moved[(y + dy) * 64 + x + dx];
          assertEquals(there, middle[y * 64 + x], Arrays.toString(f));
        }
      }
    }
  }

  @Test
  void theMeanIsNearThePublishedOne() {
    final float[] image = new float[ELEMENTS];
    double lit = 0;
    for (int i = 0; i < 720; i++) {
      sprites.image(i * 1024L + 500, image, 0);
      for (float v : image) {
        assertTrue(v == 0f || v == 1f);
        lit += v;
      }
    }
    assertEquals(0.0425, lit / 720 / ELEMENTS, 0.001);
  }

  @Test
  void coverageAgreesWithTheBinaryImage() {
    final Sprites smooth = new Sprites(true);
    final float[] soft = new float[ELEMENTS];
    final float[] hard = new float[ELEMENTS];
    final Random random = new Random(6);
    for (int i = 0; i < 100; i++) {
      final long row = random.nextLong(sprites.size());
      smooth.image(row, soft, 0);
      sprites.image(row, hard, 0);
      double softSum = 0;
      double hardSum = 0;
      int between = 0;
      for (int e = 0; e < ELEMENTS; e++) {
        softSum += soft[e];
        hardSum += hard[e];
        assertTrue(Math.abs(soft[e] - hard[e]) < 0.85);
        if (soft[e] > 0 && soft[e] < 1) {
          between++;
        }
      }
      assertTrue(between > 10);
      assertEquals(hardSum, softSum, 0.12 * hardSum);
    }
  }

  @Test
  void variablesAreSetOneByOne() {
    final double[] base = sprites.variablesOf(sprites.rowOf(new int[] {2, 1, 0, 31, 0}));
    assertArrayEquals(new double[] {3, 0.6, 0, 1, 0}, base, 1e-12);
    final double[] set = sprites.intervene(base, Map.of("scale", 0.77, "shape", 1.0), true);
    assertArrayEquals(new double[] {1, 0.77, 0, 1, 0}, set, 0);
    assertArrayEquals(new double[] {3, 0.6, 0, 1, 0}, base, 1e-12);
    assertRefused("unknown variable: name=size", base, Map.of("size", 1.0));
    assertRefused("name=scale, value=1.5", base, Map.of("scale", 1.5));
    assertRefused("name=shape, value=1.5", base, Map.of("shape", 1.5));
    assertRefused("name=posX, value=NaN", base, Map.of("posX", Double.NaN));
  }

  @Test
  void imagesGoWhereTheyBelong() {
    final float[] target = new float[ELEMENTS + 20];
    Arrays.fill(target, 7f);
    sprites.image(123_456, target, 10);
    assertEquals(7f, target[9]);
    assertEquals(7f, target[ELEMENTS + 10]);
    assertEquals(0f, target[10]);
    assertThrows(IllegalArgumentException.class, () -> sprites.image(0, target, 21));
    assertThrows(IllegalArgumentException.class, () -> sprites.image(0, target, -1));
  }

  private void assertRefused(String part, double[] base, Map<String, Double> set) {
    final IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> sprites.intervene(base, set, false));
    final String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(part), message);
  }

  private String draw(int... factors) {
    final float[] image = new float[ELEMENTS];
    sprites.image(sprites.rowOf(factors), image, 0);
    return Pictures.ascii(image, 0, 64, 64);
  }

  private String image(int... factors) {
    final float[] image = new float[ELEMENTS];
    sprites.image(sprites.rowOf(factors), image, 0);
    return Pictures.fingerprint(image, 0, ELEMENTS);
  }
}
