package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.ElementType;
import io.patchbay.vae.io.NpyHeader;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.io.NpyWriter;
import io.patchbay.vae.io.Npz;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// An npz file of dSprites' layout: `imgs` (images, height, width) or (images, height, width, 3) of
/// u8, `latents_classes` and, where given, `latents_values` (images, factors). The pickled
/// `metadata` is never read. Values are 0 and 1, or 0 to 255 where any is above 1.
///
/// The images are unpacked once into a memory-mapped file of bits (or bytes) in the cache folder,
/// 360 MiB for the whole of dSprites, and found there by path, size and time of the npz.
public final class DspritesFile implements FactorDataset {
  private final String name;
  private final PackedImages images;
  private final List<Factor> factors;
  private final FactorGrid grid;

  private DspritesFile(String name, PackedImages images, List<Factor> factors) {
    this.name = name;
    this.images = images;
    this.factors = List.copyOf(factors);
    this.grid = new FactorGrid(factors);
  }

  /// Opens the file, unpacking it on first use.
  ///
  /// @throws BadInputException if it is not such a file
  static DspritesFile open(String name, Path file, CacheFolder cache) {
    try (Npz npz = Npz.open(file)) {
      final ImageShape shape;
      final long rows;
      try (NpyReader imgs = npz.member("imgs")) {
        shape = shape(file, imgs.header());
        rows = imgs.header().rows();
      }
      final List<Factor> factors = DspritesGrid.read(file.toString(), npz, rows);
      final String key = CacheFolder.key(List.of("imgs", CacheFolder.identity(file)));
      final Path bits = cache.file(key + ".bits.npy");
      final Path bytes = cache.file(key + ".bytes.npy");
      if (!Files.exists(bits) && !Files.exists(bytes) && !unpack(npz, bits, shape, true)) {
        unpack(npz, bytes, shape, false);
      }
      final boolean binary = Files.exists(bits);
      return new DspritesFile(
          name, PackedImages.open(binary ? bits : bytes, shape, binary, rows), factors);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ImageShape shape() {
    return images.shape();
  }

  @Override
  public List<Factor> factors() {
    return factors;
  }

  @Override
  public long size() {
    return images.rows();
  }

  @Override
  public void image(long row, float[] target, int offset) {
    images.image(row, target, offset);
  }

  @Override
  public int[] factorsOf(long row) {
    return grid.indicesOf(row);
  }

  @Override
  public long rowOf(int[] factorIndices) {
    return grid.rowOf(factorIndices);
  }

  @Override
  public void close() {
    images.close();
  }

  private static ImageShape shape(Path file, NpyHeader header) {
    final List<Long> shape = header.shape();
    final boolean colour = shape.size() == 4 && shape.get(3) == 3;
    if (header.type() != ElementType.U8
        || !(shape.size() == 3 || colour)
        || shape.getFirst() < 1
        || shape.get(1) < 1
        || shape.get(2) < 1
        || Math.max(shape.get(1), shape.get(2)) > 1024) {
      throw new BadInputException(
          file,
          "member imgs",
          shape + " of " + header.type(),
          "(images, height, width) or (images, height, width, 3) of U8, sides up to 1024");
    }
    return new ImageShape(
        colour ? 3 : 1, Math.toIntExact(shape.get(1)), Math.toIntExact(shape.get(2)));
  }

  // False, and no file, if `bits` were asked for and a value is above 1.
  private static boolean unpack(Npz npz, Path target, ImageShape shape, boolean bits) {
    try (NpyReader imgs = npz.member("imgs")) {
      final int rowBytes = PackedImages.rowBytes(shape, bits);
      final long rows = imgs.header().rows();
      try (NpyWriter writer = NpyWriter.create(target, ElementType.U8, rows, rowBytes)) {
        final byte[] image = new byte[shape.elements()];
        final byte[] row = new byte[rowBytes];
        final boolean[] fits = {true};
        imgs.rows((index, pixels) -> {
          MemorySegment.copy(pixels, ValueLayout.JAVA_BYTE, 0, image, 0, image.length);
          if (fits[0] && pack(image, shape, bits, row)) {
            writer.write(index * rowBytes, MemorySegment.ofArray(row));
          } else {
            fits[0] = false;
          }
        });
        if (fits[0]) {
          writer.finish();
        }
        return fits[0];
      }
    }
  }

  // From (H, W, C) bytes to (C, H, W) bits or bytes.
  private static boolean pack(byte[] pixels, ImageShape shape, boolean bits, byte[] row) {
    final int area = shape.height() * shape.width();
    final int channels = shape.channels();
    Arrays.fill(row, (byte) 0);
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < area; i++) {
        final byte value = pixels[i * channels + c];
        final int at = c * area + i;
        if (!bits) {
          row[at] = value;
        } else if (value == 1) {
          row[at >> 3] |= (byte) (0x80 >> (at & 7));
        } else if (value != 0) {
          return false;
        }
      }
    }
    return true;
  }
}
