package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Pendulum;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The pendulum's images under do(light): the shadow goes where its mechanism puts it when it
/// follows, and no pixel of it changes when it is held.
class PendulumImageTest {
  private static final int SIDE = 64;
  private static final int GROUND = 62;
  private static final double UNIT = 20.0 / SIDE;

  private final Pendulum pendulum = new Pendulum(SIDE);

  private float[] image(final double[] variables) {
    final var image = new float[3 * SIDE * SIDE];
    pendulum.render(variables, image, 0);
    return image;
  }

  /// The middle of what is dark on the ground, in the scene's units.
  private static double shadow(final float[] image) {
    double sum = 0;
    double moment = 0;
    for (int x = 0; x < SIDE; x++) {
      final double dark = 1 - image[GROUND * SIDE + x];
      sum += dark;
      moment += dark * (x + 0.5);
    }
    return moment / sum * UNIT;
  }

  private static float[] ground(final float[] image) {
    return Arrays.copyOfRange(image, GROUND * SIDE, (GROUND + 1) * SIDE);
  }

  @Test
  void theShadowFollowsOrStays() {
    final var random = new PhiloxRandom(14, Streams.FIRST_FREE, 0, 0);
    int compared = 0;
    double moved = 0;
    for (int i = 0; i < 200; i++) {
      final var base = pendulum.variablesOf(random.nextInt((int) pendulum.size()));
      final double light = 60 + random.nextDouble() * 87;
      final var following = pendulum.intervene(base, Map.of("light", light), true);
      final var held = pendulum.intervene(base, Map.of("light", light), false);
      final var placed = pendulum.intervene(following, Map.of("shadow_position", base[3]), false);
      final var clean = image(base);
      assertFalse(Arrays.equals(clean, image(held)), "the lamp moves, light=" + light);
      assertArrayEquals(ground(clean), ground(image(held)), "held, light=" + light);
      assertEquals(following[2], placed[2], "the length follows while the place is held");
      if (inside(base) && inside(following)) {
        final double change = shadow(image(following)) - shadow(clean);
        assertEquals(following[3] - base[3], change, 0.03, "light=" + light);
        moved += Math.abs(change);
        compared++;
      }
      if (inside(base) && inside(placed)) {
        assertEquals(shadow(clean), shadow(image(placed)), 0.03, "placed, light=" + light);
      }
    }
    assertTrue(compared > 50 && moved / compared > 1, "n=" + compared + ", moved=" + moved);
  }

  /// Whether the whole shadow lies in the picture.
  private static boolean inside(final double[] variables) {
    return variables[3] - variables[2] / 2 > 0 && variables[3] + variables[2] / 2 < 20;
  }
}
