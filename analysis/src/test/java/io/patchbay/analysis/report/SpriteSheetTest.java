package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpriteSheetTest {

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1, 1", "2, 3, 5, 7, 1", "3, 2, 7, 5, 3", "1, 4, 64, 64, 3"})
  void everySampleIsInItsPlace(int rows, int columns, int width, int height, int channels)
      throws IOException {
    Random random = new Random(3);
    List<List<Picture>> pictures = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      List<Picture> line = new ArrayList<>();
      for (int column = 0; column < columns; column++) {
        byte[] samples = new byte[width * height * channels];
        random.nextBytes(samples);
        line.add(Picture.of(width, height, channels, samples));
      }
      pictures.add(line);
    }

    BufferedImage sheet = decode(SpriteSheet.of(pictures));

    assertEquals(columns * width, sheet.getWidth());
    assertEquals(rows * height, sheet.getHeight());
    for (int y = 0; y < sheet.getHeight(); y++) {
      for (int x = 0; x < sheet.getWidth(); x++) {
        Picture picture = pictures.get(y / height).get(x / width);
        for (int channel = 0; channel < channels; channel++) {
          assertEquals(
              picture.level(y % height, x % width, channel),
              sheet.getRaster().getSample(x, y, channel));
        }
      }
    }
  }

  @Test
  void planesBecomePixels() {
    float[] planes = {0f, 0.5f, 1f, 2f, -1f, 0.25f}; // (3, 1, 2)
    Picture picture = Picture.ofPlanes(2, 1, 3, planes);

    assertEquals(0, picture.level(0, 0, 0));
    assertEquals(128, picture.level(0, 1, 0));
    assertEquals(255, picture.level(0, 0, 1));
    assertEquals(255, picture.level(0, 1, 1));
    assertEquals(0, picture.level(0, 0, 2));
    assertEquals(64, picture.level(0, 1, 2));
  }

  @Test
  void refusesWhatIsNoPicture() {
    assertThrows(IllegalArgumentException.class, () -> Picture.of(2, 2, 2, new byte[8]));
    assertThrows(IllegalArgumentException.class, () -> Picture.of(2, 2, 1, new byte[3]));
    assertThrows(
        IllegalArgumentException.class, () -> Picture.ofPlanes(1, 1, 1, new float[] {Float.NaN}));
    Picture small = Picture.of(1, 1, 1, new byte[1]);
    Picture large = Picture.of(2, 1, 1, new byte[2]);
    assertThrows(
        IllegalArgumentException.class, () -> SpriteSheet.of(List.of(List.of(small, large))));
  }

  private static BufferedImage decode(SpriteSheet sheet) throws IOException {
    String text = sheet.dataUri().substring("data:image/png;base64,".length());
    return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(text)));
  }
}
