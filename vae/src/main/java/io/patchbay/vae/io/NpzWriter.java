package io.patchbay.vae.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes an npz file member by member, streamed, and atomically: it appears under its name at
/// [#finish]. The same members give the same bytes, because no time is recorded.
public final class NpzWriter implements AutoCloseable {
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final PendingFile file;
  private final Path target;
  private final ZipOutputStream zip;

  private NpzWriter(PendingFile file, Path target) {
    this.file = file;
    this.target = target;
    this.zip = new ZipOutputStream(Channels.newOutputStream(file.channel()));
  }

  /// Produces the data of a member, in row-major order, little-endian.
  public interface Body {
    /// Writes all elements to `out`. Called twice for a stored member, once for its checksum.
    void write(OutputStream out) throws IOException;
  }

  /// Starts a file.
  public static NpzWriter create(Path target) {
    return new NpzWriter(PendingFile.create(target), target);
  }

  /// Adds a member from memory, compressed.
  public void add(String name, NumericArray array) {
    final long[] shape = array.shape().stream().mapToLong(Long::longValue).toArray();
    add(name, array.type(), shape, true, out -> copy(array.data(), out));
  }

  /// Adds a member whose data are produced as they are written.
  ///
  /// @param name without `.npy`
  /// @param deflate true to compress, false to store
  public void add(String name, ElementType type, long[] shape, boolean deflate, Body body) {
    final NpyHeader header = NpyHeader.of(type, Arrays.stream(shape).boxed().toList());
    final byte[] start = header.encode();
    final ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(NO_TIME);
    try {
      if (!deflate) {
        final CRC32 sum = new CRC32();
        final CheckedOutputStream checked =
            new CheckedOutputStream(OutputStream.nullOutputStream(), sum);
        checked.write(start);
        body.write(new Exact(checked, header.dataBytes(), name));
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(start.length + header.dataBytes());
        entry.setCrc(sum.getValue());
      }
      zip.putNextEntry(entry);
      zip.write(start);
      final Exact exact = new Exact(zip, header.dataBytes(), name);
      body.write(exact);
      exact.checkDone();
      zip.closeEntry();
    } catch (IOException e) {
      throw PendingFile.failed(target, e);
    }
  }

  /// Makes the file appear, whole.
  public void finish() {
    try {
      zip.finish();
      zip.flush();
    } catch (IOException e) {
      throw PendingFile.failed(target, e);
    }
    file.commit();
  }

  @Override
  public void close() {
    file.close();
  }

  private static void copy(MemorySegment data, OutputStream out) throws IOException {
    final byte[] chunk = new byte[1 << 16];
    for (long at = 0; at < data.byteSize(); at += chunk.length) {
      final int n = (int) Math.min(chunk.length, data.byteSize() - at);
      MemorySegment.copy(data, at, MemorySegment.ofArray(chunk), 0, n);
      out.write(chunk, 0, n);
    }
  }

  /// Passes bytes on and counts them, so that a body of another size than its shape is found here
  /// and not by the reader.
  private static final class Exact extends OutputStream {
    private final OutputStream out;
    private final String name;
    private long left;

    Exact(OutputStream out, long left, String name) {
      this.out = out;
      this.left = left;
      this.name = name;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      left -= length;
      if (left < 0) {
        throw new IllegalStateException("more data than the shape holds: member=" + name);
      }
      out.write(bytes, offset, length);
    }

    void checkDone() {
      if (left != 0) {
        throw new IllegalStateException("data missing: member=" + name + ", bytes=" + left);
      }
    }
  }
}
