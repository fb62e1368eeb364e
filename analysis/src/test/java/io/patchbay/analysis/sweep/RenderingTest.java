package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RenderingTest {
  private final Pendulum pendulum = new Pendulum(16);

  private float[] rendered(final boolean follows, final long row, final double light) {
    return new Rendering(new Operation.Rerender("light", follows), pendulum).image(row, light);
  }

  /// With `do:` the shadow goes where the light puts it, with `factor:` it stays.
  @Test
  void theOthersAreHeldOrFollow() {
    for (final long row : new long[] {0, 1234, 7307}) {
      final var expected = new float[3 * 16 * 16];
      final var base = pendulum.variablesOf(row);
      pendulum.render(pendulum.intervene(base, Map.of("light", 81.5), true), expected, 0);
      final var following = rendered(true, row, 81.5);
      assertArrayEquals(expected, following);
      final double[] held = {base[0], 81.5, base[2], base[3]};
      pendulum.render(held, expected, 0);
      assertArrayEquals(expected, rendered(false, row, 81.5));
      assertFalse(Arrays.equals(expected, following));
    }
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    final var light = new Rendering(new Operation.Rerender("light", false), pendulum);
    light.require(List.of(60.0, 147.0));
    final var e = assertThrows(BadInputException.class, () -> light.require(List.of(100.0, 148.0)));
    assertTrue(String.valueOf(e.getMessage()).contains("value=148.0"), e.getMessage());
    final var shape = new Rendering(new Operation.Rerender("shape", false), new Sprites(false));
    assertThrows(BadInputException.class, () -> shape.require(List.of(1.5)));
    assertThrows(
        BadInputException.class,
        () -> new Rendering(new Operation.Rerender("shadow", true), pendulum));
  }
}
