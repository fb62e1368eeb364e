package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// Decodes a PNG or JPEG file into floats of a fixed shape.
///
/// @param crop true to cut the middle square out first, false to squeeze the whole picture
record ImageDecoder(ImageShape shape, boolean crop) {
  private static final long MOST_PIXELS = 100_000_000;

  /// Reads one file.
  ///
  /// @param target (C, H, W) bytes, 0 to 255
  /// @throws BadInputException if the file is no image that can be read
  void decode(Path file, byte[] target) {
    final BufferedImage image = read(file);
    final int height = image.getHeight();
    final int width = image.getWidth();
    final int side = Math.min(height, width);
    final int top = crop ? (height - side) / 2 : 0;
    final int left = crop ? (width - side) / 2 : 0;
    final BufferedImage part =
        crop && height != width ? image.getSubimage(left, top, side, side) : image;
    final float[][] channels = channels(part);
    final int area = shape.height() * shape.width();
    for (int c = 0; c < channels.length; c++) {
      final float[] scaled =
          Resampler.scale(
              channels[c], part.getHeight(), part.getWidth(), shape.height(), shape.width());
      for (int i = 0; i < area; i++) {
        target[c * area + i] = (byte) Math.round(255 * Math.min(1, Math.max(0, scaled[i])));
      }
    }
  }

  private static BufferedImage read(Path file) {
    final String name = file.toString();
    try (ImageInputStream in = new MemoryCacheImageInputStream(Files.newInputStream(file))) {
      final Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new BadInputException(file, "image", "no known picture format", "a PNG or JPEG");
      }
      final ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        final long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
          throw new BadInputException(
              file, "image size", pixels + " pixels", "at most " + MOST_PIXELS);
        }
        final List<String> broken = new ArrayList<>();
        reader.addIIOReadWarningListener((_, warning) -> note(warning, broken));
        final BufferedImage image = reader.read(0);
        if (!broken.isEmpty()) {
          throw new BadInputException(file, "image", broken.getFirst(), "a whole PNG or JPEG");
        }
        return image;
      } finally {
        reader.dispose();
      }
    } catch (IOException e) {
      throw BadInputException.unreadable(name, "image", e);
    } catch (BadInputException e) {
      throw e;
    } catch (RuntimeException e) {
      // The JDK's decoders answer some broken files with whatever happened to fail inside them.
      throw new BadInputException(name, "image", e + "", "a whole PNG or JPEG", e);
    }
  }

  // The JPEG decoder fills what a cut-off file lacks with grey and only warns.
  private static void note(String warning, List<String> broken) {
    final String text = warning.toLowerCase(Locale.ROOT);
    if (Stream.of("truncated", "premature", "corrupt data", "corrupt jpeg")
        .anyMatch(text::contains)) {
      broken.add(warning);
    }
  }

  // Values 0 to 1 of each of our channels.
  private float[][] channels(BufferedImage image) {
    final int width = image.getWidth();
    final int area = width * image.getHeight();
    final float[][] rgb = new float[3][area];
    final ColorModel model = image.getColorModel();
    if (model.getNumColorComponents() == 1 && !(model instanceof IndexColorModel)) {
      // Not getRGB: it takes grey for linear light and brightens it on the way to sRGB.
      final Raster raster = image.getRaster();
      final float top = (1L << model.getComponentSize(0)) - 1;
      final float[] grey =
          raster.getSamples(
              raster.getMinX(), raster.getMinY(), width, image.getHeight(), 0, new float[area]);
      for (int i = 0; i < area; i++) {
        grey[i] /= top;
      }
      return shape.channels() == 1 ? new float[][] {grey} : new float[][] {grey, grey, grey};
    }
    final int[] pixels = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    for (int i = 0; i < area; i++) {
      // Transparent parts show black.
      final float alpha = (pixels[i] >>> 24) / 255f;
      rgb[0][i] = alpha * ((pixels[i] >> 16) & 0xFF) / 255f;
      rgb[1][i] = alpha * ((pixels[i] >> 8) & 0xFF) / 255f;
      rgb[2][i] = alpha * (pixels[i] & 0xFF) / 255f;
    }
    if (shape.channels() == 3) {
      return rgb;
    }
    final float[] grey = rgb[0];
    for (int i = 0; i < area; i++) {
      // Luma of ITU-R BT.601, as Pillow's "L".
      grey[i] = 0.299f * rgb[0][i] + 0.587f * rgb[1][i] + 0.114f * rgb[2][i];
    }
    return new float[][] {grey};
  }
}
