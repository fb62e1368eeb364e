package io.patchbay.vae.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/// Files made byte by byte, so that they can also be made wrong.
final class RawFiles {
  private RawFiles() {}

  /// An npy array with the given header text, unchecked.
  static byte[] npy(int major, String header, byte[] data) {
    final byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    final ByteBuffer out =
        ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) major, 0});
    if (major == 1) {
      out.putShort((short) text.length);
    } else {
      out.putInt(text.length);
    }
    out.put(text).put(data);
    return Arrays.copyOf(out.array(), out.position());
  }

  static byte[] npy(String descr, String shape, byte[] data) {
    return npy(1, header(descr, "False", shape), data);
  }

  static String header(String descr, String fortran, String shape) {
    return "{'descr': '"
        + descr
        + "', 'fortran_order': "
        + fortran
        + ", 'shape': "
        + shape
        + ", }\n";
  }

  /// A safetensors file with the given header text, unchecked.
  static byte[] safetensors(String header, int dataBytes) {
    return safetensors(header.getBytes(StandardCharsets.UTF_8), dataBytes);
  }

  static byte[] safetensors(byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  /// A zip file of pairs: name, bytes, name, bytes, ...
  static byte[] zip(boolean stored, Object... members) {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < members.length; i += 2) {
        final byte[] data = (byte[]) members[i + 1];
        final ZipEntry entry = new ZipEntry((String) members[i]);
        if (stored) {
          final CRC32 sum = new CRC32();
          sum.update(data);
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(data.length);
          entry.setCrc(sum.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// `bytes` with the little-endian number at the n-th place after `signature` changed.
  static byte[] edited(byte[] bytes, int signature, int at, int size, long value) {
    final byte[] result = bytes.clone();
    final ByteBuffer view = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i + 4 <= result.length; i++) {
      if (view.getInt(i) == signature) {
        for (int b = 0; b < size; b++) {
          result[i + at + b] = (byte) (value >> (8 * b));
        }
        return result;
      }
    }
    throw new IllegalArgumentException("no such record");
  }

  /// A picture of random pixels in a format that ImageIO writes.
  static byte[] picture(String format, int type, int width, int height, long seed) {
    final BufferedImage image = new BufferedImage(width, height, type);
    final Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return encode(format, image);
  }

  static byte[] encode(String format, BufferedImage image) {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalStateException("no writer: format=" + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] longs(long... values) {
    final ByteBuffer out = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      out.putLong(value);
    }
    return out.array();
  }

  static byte[] doubles(double... values) {
    final ByteBuffer out = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      out.putDouble(value);
    }
    return out.array();
  }
}
