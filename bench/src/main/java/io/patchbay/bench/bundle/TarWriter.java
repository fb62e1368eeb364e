package io.patchbay.bench.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// A tar archive (POSIX ustar) whose bytes follow from names, modes and contents alone: owner,
/// group and time are the same for every entry.
final class TarWriter implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int PREFIX = 155;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_BYTES = 8;
  private static final int PREFIX_AT = 345;

  /// 2026-01-01T00:00:00Z, as that of the jars' entries.
  private static final long TIME = 1_767_225_600L;

  private final OutputStream out;

  TarWriter(final OutputStream out) {
    this.out = out;
  }

  /// @param size bytes that `content` gives
  void file(final String name, final boolean executable, final long size, final InputStream content)
      throws IOException {
    out.write(header(name, '0', executable ? 0755 : 0644, size, ""));
    final long written = content.transferTo(out);
    if (written != size) {
      throw new IOException(
          "a file changed while it was packed: name="
              + name
              + ", bytes="
              + size
              + " to "
              + written);
    }
    out.write(new byte[(int) (-size & (BLOCK - 1))]);
  }

  void link(final String name, final String target) throws IOException {
    out.write(header(name, '2', 0777, 0, target));
  }

  private static byte[] header(
      final String path, final char type, final int mode, final long size, final String link) {
    final var block = new byte[BLOCK];
    final int slash = path.length() <= NAME ? -1 : path.indexOf('/', path.length() - NAME - 1);
    final var name = path.substring(slash + 1);
    final var prefix = slash < 0 ? "" : path.substring(0, slash);
    if ((path.length() > NAME && slash < 0) || prefix.length() > PREFIX || link.length() > NAME) {
      throw new IllegalArgumentException("too long for a tar archive: name=" + path);
    }
    put(block, 0, name);
    put(block, 100, octal(mode, 7));
    put(block, 108, octal(0, 7));
    put(block, 116, octal(0, 7));
    put(block, 124, octal(size, 11));
    put(block, 136, octal(TIME, 11));
    Arrays.fill(block, CHECKSUM, CHECKSUM + CHECKSUM_BYTES, (byte) ' ');
    block[156] = (byte) type;
    put(block, 157, link);
    put(block, 257, "ustar");
    put(block, 263, "00");
    put(block, 265, "root");
    put(block, 297, "root");
    put(block, PREFIX_AT, prefix);
    int sum = 0;
    for (final byte b : block) {
      sum += b & 0xff;
    }
    put(block, CHECKSUM, octal(sum, 6) + '\0');
    return block;
  }

  private static String octal(final long value, final int digits) {
    return String.format(Locale.ROOT, "%0" + digits + "o", value);
  }

  private static void put(final byte[] block, final int at, final String text) {
    final var bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }

  /// Writes the archive's end and closes what it is written to.
  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.close();
  }
}
