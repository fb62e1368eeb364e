package io.patchbay.analysis.intervention;

import static io.patchbay.analysis.intervention.ImageTransform.BLUR;
import static io.patchbay.analysis.intervention.ImageTransform.ROTATE;
import static io.patchbay.analysis.intervention.ImageTransform.TRANSLATE_X;
import static io.patchbay.analysis.intervention.ImageTransform.TRANSLATE_Y;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.ImageShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageTransformTest {
  private static final ImageShape ODD = new ImageShape(2, 5, 7);
  private static final float CLOSE = 1e-5f;

  private static float[] random(final ImageShape shape, final long seed) {
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, 0, 0);
    final var image = new float[shape.elements()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextDouble();
    }
    return image;
  }

  private static float at(
      final ImageShape s, final float[] image, final int c, final int y, final int x) {
    final int row = Math.min(Math.max(y, 0), s.height() - 1);
    final int column = Math.min(Math.max(x, 0), s.width() - 1);
    return image[(c * s.height() + row) * s.width() + column];
  }

  private interface From {
    float value(int c, int y, int x);
  }

  private static float[] each(final ImageShape s, final From from) {
    final var image = new float[s.elements()];
    for (int i = 0; i < image.length; i++) {
      image[i] =
          from.value(i / (s.height() * s.width()), i / s.width() % s.height(), i % s.width());
    }
    return image;
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "-3, 0", "0, 1", "0, -4", "0, 9", "-20, 0"})
  void wholeShiftsMovePixelsAndTheBorderGoesOn(final int right, final int down) {
    final var image = random(ODD, 1);
    final var moved = TRANSLATE_Y.apply(ODD, TRANSLATE_X.apply(ODD, image, right), down);
    assertArrayEquals(each(ODD, (c, y, x) -> at(ODD, image, c, y - down, x - right)), moved, CLOSE);
  }

  @Test
  void halfAShiftIsTheMeanOfTwoNeighbours() {
    final var image = random(ODD, 2);
    assertArrayEquals(
        each(ODD, (c, y, x) -> (at(ODD, image, c, y, x) + at(ODD, image, c, y, x - 1)) / 2),
        TRANSLATE_X.apply(ODD, image, 0.5),
        CLOSE);
  }

  /// Counterclockwise: what was at the right comes to the top.
  @Test
  void aQuarterTurnMovesTheRightColumnToTheTop() {
    final var square = new ImageShape(3, 6, 6);
    final var image = random(square, 3);
    assertArrayEquals(
        each(square, (c, y, x) -> at(square, image, c, x, 5 - y)),
        ROTATE.apply(square, image, 90),
        CLOSE);
    assertArrayEquals(image, ROTATE.apply(square, ROTATE.apply(square, image, 90), -90), CLOSE);
    assertArrayEquals(
        each(ODD, (c, y, x) -> at(ODD, random(ODD, 4), c, 4 - y, 6 - x)),
        ROTATE.apply(ODD, random(ODD, 4), 180),
        CLOSE);
  }

  @Test
  void aBlurredPointHasTheGivenSpread() {
    final var shape = new ImageShape(1, 41, 35);
    final var point = new float[shape.elements()];
    point[20 * 35 + 17] = 1;
    final var blurred = BLUR.apply(shape, point, 2.5);
    double sum = 0;
    double vertical = 0;
    double horizontal = 0;
    for (int i = 0; i < blurred.length; i++) {
      sum += blurred[i];
      vertical += blurred[i] * (i / 35 - 20) * (i / 35 - 20);
      horizontal += blurred[i] * (i % 35 - 17) * (i % 35 - 17);
    }
    assertEquals(1, sum, 1e-4);
    assertEquals(6.25, vertical, 0.03);
    assertEquals(6.25, horizontal, 0.03);
    final var image = random(ODD, 5);
    assertArrayEquals(image, BLUR.apply(ODD, image, 0), 0);
    final var grey = each(ODD, (c, y, x) -> 0.25f * (c + 1));
    assertArrayEquals(grey, BLUR.apply(ODD, grey, 3), CLOSE);
  }

  @Test
  void aSinglePixelStaysWhatItIs() {
    final var one = new ImageShape(1, 1, 1);
    for (final var transform : ImageTransform.values()) {
      assertArrayEquals(new float[] {0.5f}, transform.apply(one, new float[] {0.5f}, 3), CLOSE);
    }
  }

  @Test
  void otherValuesAreRefused() {
    final var image = random(ODD, 6);
    assertThrows(IllegalArgumentException.class, () -> BLUR.apply(ODD, image, -1));
    assertThrows(IllegalArgumentException.class, () -> BLUR.apply(ODD, image, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> ROTATE.apply(ODD, image, 361));
    assertThrows(IllegalArgumentException.class, () -> ROTATE.apply(ODD, new float[3], 1));
  }
}
