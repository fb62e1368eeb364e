package io.patchbay.analysis.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/// Pictures of one size laid out in rows and columns as one PNG, because one file of many small
/// images is far smaller than many files.
record SpriteSheet(int columns, int rows, int width, int height, String dataUri) {

  /// @param rows of equal length, not empty
  static SpriteSheet of(List<List<Picture>> rows) {
    Picture first = rows.getFirst().getFirst();
    int columns = rows.getFirst().size();
    BufferedImage sheet =
        new BufferedImage(
            columns * first.width(),
            rows.size() * first.height(),
            first.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < columns; column++) {
        Picture picture = rows.get(row).get(column);
        first.requireSameSize(picture);
        draw(picture, sheet, column * first.width(), row * first.height());
      }
    }
    return new SpriteSheet(columns, rows.size(), first.width(), first.height(), encode(sheet));
  }

  // Through the raster: setRGB on a grey image would apply a gamma to the samples.
  private static void draw(Picture picture, BufferedImage sheet, int left, int top) {
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        for (int channel = 0; channel < picture.channels(); channel++) {
          sheet.getRaster().setSample(left + x, top + y, channel, picture.level(y, x, channel));
        }
      }
    }
  }

  private static String encode(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(image);
    } catch (IOException e) {
      throw new UncheckedIOException("picture: PNG could not be encoded", e);
    } finally {
      writer.dispose();
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
