package io.patchbay.vae.data;

import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.ElementType;
import io.patchbay.vae.io.NpzWriter;
import io.patchbay.vae.io.NumericArray;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/// Writes a data set in forms that other programs read.
public final class DataExport {
  private static final List<String> SPRITE_FACTORS =
      List.of("shape", "scale", "orientation", "posX", "posY");

  private DataExport() {}

  /// Writes an npz file of dSprites' layout: `imgs` u8 (images, height, width), with 3 at the end
  /// for RGB; `latents_classes` i64 and `latents_values` f64 (images, factors), where the factors
  /// of dSprites get their constant `color` column back; `latents_names`, the factors' names as u8
  /// text, one per line, in place of the pickled metadata. Values are 0 and 1 if the images hold
  /// nothing else, 0 to 255 if they do. Streamed, compressed, in one step.
  ///
  /// @param stride keep every `stride`-th value of each factor; 1 for all
  /// @return number of images written
  public static long dspritesNpz(FactorDataset dataset, Path target, int stride) {
    final List<Factor> factors = dataset.factors();
    if (factors.isEmpty()) {
      throw new BadInputException(
          dataset.name(), "factors", "none", "a data set whose factors are known");
    }
    if (stride < 1) {
      throw new IllegalArgumentException("stride: stride=" + stride);
    }
    final List<Factor> kept = factors.stream().map(factor -> thin(factor, stride)).toList();
    final FactorGrid grid = new FactorGrid(kept);
    final List<String> names = new ArrayList<>(kept.stream().map(Factor::name).toList());
    final int constants = names.equals(SPRITE_FACTORS) ? 1 : 0;
    if (constants == 1) {
      names.addFirst("color");
    }
    final ImageShape shape = dataset.shape();
    final long rows = grid.rows();
    final long[] images =
        shape.channels() == 1
            ? new long[] {rows, shape.height(), shape.width()}
            : new long[] {rows, shape.height(), shape.width(), shape.channels()};
    final long[] latents = {rows, names.size()};
    final RowMap map = row -> dataset.rowOf(times(grid.indicesOf(row), stride));
    final int top = binary(dataset, rows, map) ? 1 : 255;
    try (NpzWriter npz = NpzWriter.create(target)) {
      npz.add("imgs", ElementType.U8, images, true, out -> images(dataset, rows, map, top, out));
      npz.add(
          "latents_classes",
          ElementType.I64,
          latents,
          true,
          out -> latents(kept, grid, constants, false, out));
      npz.add(
          "latents_values",
          ElementType.F64,
          latents,
          true,
          out -> latents(kept, grid, constants, true, out));
      final byte[] text = String.join("\n", names).getBytes(StandardCharsets.UTF_8);
      npz.add("latents_names", NumericArray.ofBytes(text, text.length));
      npz.finish();
    }
    return rows;
  }

  /// Writes the first `limit` images as `000000.png`, ... into a folder and, where factors are
  /// known, `factors.csv` with a line of factor values for each, and of the variables of a
  /// generator that are no factors.
  ///
  /// @return number of images written
  public static long png(FactorDataset dataset, Path folder, long limit) {
    final long count = Math.min(limit, dataset.size());
    final ImageShape shape = dataset.shape();
    final float[] image = new float[shape.elements()];
    final List<Factor> factors = dataset.factors();
    final StringBuilder csv = new StringBuilder("file");
    factors.forEach(factor -> csv.append(',').append(factor.name()));
    final List<String> names = factors.stream().map(Factor::name).toList();
    final List<Variable> variables =
        dataset instanceof GenerativeDataset generator ? generator.variables() : List.of();
    variables.stream()
        .map(Variable::name)
        .filter(name -> !names.contains(name))
        .forEach(name -> csv.append(',').append(name));
    csv.append('\n');
    for (long row = 0; row < count; row++) {
      dataset.image(row, image, 0);
      final String file = "%06d.png".formatted(row);
      AtomicFiles.write(folder.resolve(file), encode(image, shape));
      csv.append(file);
      final int[] indices = dataset.factorsOf(row);
      for (int k = 0; k < indices.length; k++) {
        csv.append(',').append(factors.get(k).value(indices[k]));
      }
      if (dataset instanceof GenerativeDataset generator) {
        final double[] values = generator.variablesOf(row);
        for (int i = 0; i < values.length; i++) {
          if (!names.contains(variables.get(i).name())) {
            csv.append(',').append(values[i]);
          }
        }
      }
      csv.append('\n');
    }
    if (!factors.isEmpty()) {
      AtomicFiles.write(folder.resolve("factors.csv"), csv.toString());
    }
    return count;
  }

  private interface RowMap {
    long of(long row);
  }

  private static Factor thin(Factor factor, int stride) {
    final double[] values = new double[(factor.size() + stride - 1) / stride];
    Arrays.setAll(values, i -> factor.value(i * stride));
    return new Factor(factor.name(), values, factor.circular());
  }

  private static int[] times(int[] indices, int stride) {
    return Arrays.stream(indices).map(i -> i * stride).toArray();
  }

  private static boolean binary(FactorDataset dataset, long rows, RowMap map) {
    final float[] image = new float[dataset.shape().elements()];
    for (long row = 0; row < rows; row++) {
      dataset.image(map.of(row), image, 0);
      for (float value : image) {
        if (value != 0 && value != 1) {
          return false;
        }
      }
    }
    return true;
  }

  private static void images(
      FactorDataset dataset, long rows, RowMap map, int top, OutputStream out) throws IOException {
    final ImageShape shape = dataset.shape();
    final int area = shape.height() * shape.width();
    final float[] image = new float[shape.elements()];
    final byte[] bytes = new byte[image.length];
    for (long row = 0; row < rows; row++) {
      dataset.image(map.of(row), image, 0);
      for (int c = 0; c < shape.channels(); c++) {
        for (int i = 0; i < area; i++) {
          // Values are not negative, so adding a half and cutting off rounds.
          bytes[i * shape.channels() + c] = (byte) (int) (top * image[c * area + i] + 0.5f);
        }
      }
      out.write(bytes);
    }
  }

  private static void latents(
      List<Factor> factors, FactorGrid grid, int constants, boolean values, OutputStream out)
      throws IOException {
    final ByteBuffer line =
        ByteBuffer.allocate(8 * (constants + factors.size())).order(ByteOrder.LITTLE_ENDIAN);
    for (long row = 0; row < grid.rows(); row++) {
      line.clear();
      final int[] indices = grid.indicesOf(row);
      // dSprites' only colour, white: class 0, value 1.
      for (int k = -constants; k < indices.length; k++) {
        if (values) {
          line.putDouble(k < 0 ? 1 : factors.get(k).value(indices[k]));
        } else {
          line.putLong(k < 0 ? 0 : indices[k]);
        }
      }
      out.write(line.array());
    }
  }

  private static byte[] encode(float[] image, ImageShape shape) {
    final int area = shape.height() * shape.width();
    final boolean colour = shape.channels() == 3;
    final BufferedImage picture =
        new BufferedImage(
            shape.width(),
            shape.height(),
            colour ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < shape.channels() * area; i++) {
      final int x = i % shape.width();
      final int y = i % area / shape.width();
      final int band = i / area;
      picture.getRaster().setSample(x, y, band, Math.round(255 * image[i]));
    }
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
