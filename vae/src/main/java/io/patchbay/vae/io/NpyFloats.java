package io.patchbay.vae.io;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An npy array of floats on disk, read in pieces, in any order: no more of it is in memory than
/// was asked for, so it may be larger than memory. For one thread at a time.
public final class NpyFloats implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final String file;
  private final NpyHeader header;
  private final FileChannel channel;
  private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK);

  private NpyFloats(String file, NpyHeader header, FileChannel channel) {
    this.file = file;
    this.header = header;
    this.channel = channel;
  }

  /// Opens a file and checks its header against its size.
  ///
  /// @throws BadInputException if the file is no npy array of little-endian floats in C order
  public static NpyFloats open(Path file) {
    final String name = file.toString();
    try (InputStream in = Files.newInputStream(file)) {
      final NpyHeader header = NpyHeader.read(in, Files.size(file), name, "npy");
      if (header.type() != ElementType.F32 || header.bigEndian() || header.fortranOrder()) {
        throw new BadInputException(
            file, "npy", header.toString(), "little-endian floats ('<f4') in C order");
      }
      return new NpyFloats(name, header, FileChannel.open(file, StandardOpenOption.READ));
    } catch (IOException e) {
      throw BadInputException.unreadable(name, "npy", e);
    }
  }

  /// Element type and shape.
  public NpyHeader header() {
    return header;
  }

  /// Reads `count` elements from position `element` (row-major) on into `target[offset ...]`.
  public void read(long element, float[] target, int offset, int count) {
    if (count < 0 || element < 0 || element > header.elements() - count) {
      throw new IllegalArgumentException(
          "block outside the array: element="
              + element
              + ", count="
              + count
              + ", shape="
              + header.shape());
    }
    final MemorySegment view = MemorySegment.ofArray(bytes.array());
    for (int done = 0; done < count; done += CHUNK / 4) {
      final int n = Math.min(CHUNK / 4, count - done);
      fill(header.headerBytes() + 4 * (element + done), 4 * n);
      MemorySegment.copy(view, ElementType.FLOAT, 0, target, offset + done, n);
    }
  }

  private void fill(long position, int length) {
    bytes.clear().limit(length);
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, position + bytes.position()) < 0) {
          throw new BadInputException(
              file, "npy data", "the end at " + (position + bytes.position()), "more bytes");
        }
      }
    } catch (IOException e) {
      throw BadInputException.unreadable(file, "npy data", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw BadInputException.unreadable(file, "npy", e);
    }
  }
}
