package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.ElementType;
import io.patchbay.vae.io.NpyHeader;
import io.patchbay.vae.io.NpyReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Images in a memory-mapped npy file of bytes, one row each, as (C, H, W): either one byte per
/// value, 0 to 255, or one bit per value, most significant first.
final class PackedImages implements AutoCloseable {
  private final Arena arena;
  private final MemorySegment data;
  private final ImageShape shape;
  private final boolean bits;
  private final int rowBytes;
  private final long rows;

  private PackedImages(Arena arena, MemorySegment data, ImageShape shape, boolean bits, long rows) {
    this.arena = arena;
    this.data = data;
    this.shape = shape;
    this.bits = bits;
    this.rowBytes = rowBytes(shape, bits);
    this.rows = rows;
  }

  static int rowBytes(ImageShape shape, boolean bits) {
    return bits ? (shape.elements() + 7) / 8 : shape.elements();
  }

  // The arena lives as long as this object, whose close ends it.
  @SuppressWarnings("MustBeClosedChecker")
  static PackedImages open(Path file, ImageShape shape, boolean bits, long rows) {
    final NpyHeader header;
    try (NpyReader reader = NpyReader.open(file)) {
      header = reader.header();
    }
    final List<Long> expected = List.of(rows, (long) rowBytes(shape, bits));
    if (header.type() != ElementType.U8
        || header.fortranOrder()
        || !header.shape().equals(expected)) {
      throw new BadInputException(
          file, "cached images", header.shape() + " of " + header.type(), expected + " of U8");
    }
    final Arena arena = Arena.ofShared();
    boolean done = false;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      final MemorySegment data =
          channel.map(
              FileChannel.MapMode.READ_ONLY, header.headerBytes(), header.dataBytes(), arena);
      final PackedImages images = new PackedImages(arena, data, shape, bits, rows);
      done = true;
      return images;
    } catch (IOException e) {
      throw BadInputException.unreadable(file.toString(), "cached images", e);
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  ImageShape shape() {
    return shape;
  }

  long rows() {
    return rows;
  }

  /// True where every value is 0 or 1.
  boolean binary() {
    return bits;
  }

  void image(long row, float[] target, int offset) {
    if (row < 0 || row >= rows) {
      throw new IllegalArgumentException("row out of range: row=" + row + ", rows=" + rows);
    }
    shape.checkRoom(target, offset);
    final byte[] packed = new byte[rowBytes];
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, row * rowBytes, packed, 0, rowBytes);
    final int elements = shape.elements();
    if (bits) {
      for (int i = 0; i < elements; i++) {
        target[offset + i] = (packed[i >> 3] >> (7 - (i & 7))) & 1;
      }
    } else {
      for (int i = 0; i < elements; i++) {
        target[offset + i] = (packed[i] & 0xFF) / 255f;
      }
    }
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
