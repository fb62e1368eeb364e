package io.patchbay.vae.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/// Reads one npy array, either whole or row by row. Row by row needs memory for one row alone, so
/// an array may be larger than memory and larger than 2 GiB. Each reader is read once.
public final class NpyReader implements AutoCloseable {
  private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 64L;

  private final InputStream in;
  private final String file;
  private final String place;
  private final NpyHeader header;
  private final Ending ending;
  private boolean used;

  private NpyReader(InputStream in, String file, String place, NpyHeader header, Ending ending) {
    this.in = in;
    this.file = file;
    this.place = place;
    this.header = header;
    this.ending = ending;
  }

  /// What is checked once the last byte has been read (a checksum).
  interface Ending {
    void check() throws IOException;
  }

  /// Takes the rows of an array, in order.
  public interface RowConsumer {
    /// @param row index along the first axis
    /// @param bytes the row's elements, C order, little-endian; valid only during the call
    void accept(long row, MemorySegment bytes);
  }

  /// Opens an npy file and checks its header against its size.
  ///
  /// @throws BadInputException if the file is not an npy array of a numeric type
  public static NpyReader open(Path file) {
    final String name = file.toString();
    try {
      if (Files.isDirectory(file)) {
        throw new BadInputException(file, "npy", "a folder", "an npy file");
      }
      return of(Files.newInputStream(file), Files.size(file), name, "npy", () -> {});
    } catch (IOException e) {
      throw BadInputException.unreadable(name, "npy", e);
    }
  }

  /// Reads from a stream of `length` bytes, which is closed if the header is refused.
  static NpyReader of(InputStream raw, long length, String file, String place, Ending ending)
      throws IOException {
    final InputStream in = new BufferedInputStream(raw, 1 << 16);
    boolean done = false;
    try {
      final NpyHeader header = NpyHeader.read(in, length, file, place);
      done = true;
      return new NpyReader(in, file, place, header, ending);
    } finally {
      if (!done) {
        in.close();
      }
    }
  }

  /// Element type and shape.
  public NpyHeader header() {
    return header;
  }

  /// Reads the whole array, C or Fortran order, into memory.
  ///
  /// @param limit most bytes to allow
  /// @throws BadInputException if it is larger than the limit, or the bytes end early
  public NumericArray read(long limit) {
    final long bytes = header.dataBytes();
    if (bytes > Math.min(limit, LONGEST_ARRAY)) {
      throw new BadInputException(
          file, place + " data", bytes + " bytes", "at most " + Math.min(limit, LONGEST_ARRAY));
    }
    final byte[] data = new byte[(int) bytes];
    stream(data, 1, _ -> {});
    final byte[] ordered =
        header.fortranOrder() ? transposed(data, header.shape(), header.type().size()) : data;
    return new NumericArray(header.type(), header.shape(), MemorySegment.ofArray(ordered));
  }

  /// Passes every row (index along the first axis) to `consumer`. A row may not exceed 256 MiB.
  ///
  /// @throws BadInputException if the array is in Fortran order, or the bytes end early
  public void rows(RowConsumer consumer) {
    if (header.fortranOrder() && header.shape().size() > 1) {
      throw new BadInputException(
          file, place + " fortran_order", "True", "False, to be read row by row");
    }
    final long rows = header.rows();
    final long rowBytes = rows == 0 ? 0 : header.dataBytes() / rows;
    if (rowBytes > 1L << 28) {
      throw new BadInputException(
          file, place + " shape", rowBytes + " bytes per row", "at most " + (1L << 28));
    }
    final byte[] row = new byte[(int) rowBytes];
    final MemorySegment view = MemorySegment.ofArray(row).asReadOnly();
    stream(row, rows, index -> consumer.accept(index, view));
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw BadInputException.unreadable(file, place, e);
    }
  }

  // Fills `buffer` `times` times, little-endian, and then checks that the array ends there.
  private void stream(byte[] buffer, long times, LongConsumer filled) {
    if (used) {
      throw new IllegalStateException("array already read: file=" + file + ", place=" + place);
    }
    used = true;
    try {
      for (long i = 0; i < times; i++) {
        final int got = in.readNBytes(buffer, 0, buffer.length);
        if (got < buffer.length) {
          final long at = i * buffer.length + got;
          throw new BadInputException(
              file, place + " data", "the end after " + at + " bytes", header.dataBytes() + "");
        }
        if (header.bigEndian()) {
          swap(buffer, header.type().size());
        }
        filled.accept(i);
      }
      if (in.read() >= 0) {
        throw new BadInputException(
            file, place + " data", "more bytes", "the end after " + header.dataBytes());
      }
      ending.check();
    } catch (IOException e) {
      throw BadInputException.unreadable(file, place + " data", e);
    }
  }

  private static void swap(byte[] bytes, int size) {
    for (int start = 0; start < bytes.length; start += size) {
      for (int i = 0; i < size / 2; i++) {
        final byte b = bytes[start + i];
        bytes[start + i] = bytes[start + size - 1 - i];
        bytes[start + size - 1 - i] = b;
      }
    }
  }

  // From first-axis-fastest to last-axis-fastest, walking the target in order.
  private static byte[] transposed(byte[] data, List<Long> shape, int size) {
    final byte[] result = new byte[data.length];
    final int rank = shape.size();
    final long[] strides = new long[rank];
    long stride = size;
    for (int axis = 0; axis < rank; axis++) {
      strides[axis] = stride;
      stride *= shape.get(axis);
    }
    final long[] index = new long[rank];
    long from = 0;
    for (int to = 0; to < data.length; to += size) {
      System.arraycopy(data, (int) from, result, to, size);
      for (int axis = rank - 1; axis >= 0; axis--) {
        index[axis]++;
        from += strides[axis];
        if (index[axis] < shape.get(axis)) {
          break;
        }
        from -= strides[axis] * shape.get(axis);
        index[axis] = 0;
      }
    }
    return result;
  }
}
