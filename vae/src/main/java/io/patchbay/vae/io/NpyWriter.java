package io.patchbay.vae.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Writes an npy array of fixed type and shape in blocks, in any order, larger than memory if need
/// be. The file appears under its name when [#finish] is called, and only then. `numpy.load(path,
/// mmap_mode="r")` can map it. Not safe from several threads at once.
public final class NpyWriter implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final PendingFile file;
  private final NpyHeader header;
  private final long elements;
  // Written ranges, start to end, apart from each other.
  private final TreeMap<Long, Long> written = new TreeMap<>();

  private NpyWriter(PendingFile file, NpyHeader header) {
    this.file = file;
    this.header = header;
    this.elements = header.elements();
  }

  /// Starts an array in row-major order.
  public static NpyWriter create(Path target, ElementType type, long... shape) {
    final NpyHeader header = NpyHeader.of(type, Arrays.stream(shape).boxed().toList());
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension: shape=" + header.shape());
      }
    }
    final NpyWriter writer = new NpyWriter(PendingFile.create(target), header);
    writer.file.append(ByteBuffer.wrap(header.encode()));
    return writer;
  }

  /// Writes a whole array to `target`, replacing it in one step.
  public static void write(Path target, NumericArray array) {
    final long[] shape = array.shape().stream().mapToLong(Long::longValue).toArray();
    try (NpyWriter writer = create(target, array.type(), shape)) {
      writer.write(0, array.data());
      writer.finish();
    }
  }

  /// Writes `count` floats from `values[offset ...]` at position `element` (row-major) of an F32
  /// array.
  public void write(long element, float[] values, int offset, int count) {
    if (header.type() != ElementType.F32) {
      throw new IllegalArgumentException("floats into another type: type=" + header.type());
    }
    final byte[] bytes = new byte[4 * Math.min(count, CHUNK)];
    final MemorySegment view = MemorySegment.ofArray(bytes);
    for (int done = 0; done < count; done += CHUNK) {
      final int n = Math.min(CHUNK, count - done);
      MemorySegment.copy(values, offset + done, view, ElementType.FLOAT, 0, n);
      write(element + done, view.asSlice(0, 4L * n));
    }
  }

  /// Writes elements in their stored form (little-endian) at position `element`.
  public void write(long element, MemorySegment data) {
    final int size = header.type().size();
    final long count = data.byteSize() / size;
    if (data.byteSize() % size != 0 || element < 0 || element > elements - count) {
      throw new IllegalArgumentException(
          "block outside the array: element="
              + element
              + ", bytes="
              + data.byteSize()
              + ", shape="
              + header.shape());
    }
    for (long from = 0; from < data.byteSize(); from += 1 << 26) {
      final long bytes = Math.min(1 << 26, data.byteSize() - from);
      file.write(
          data.asSlice(from, bytes).asByteBuffer(), header.headerBytes() + element * size + from);
    }
    cover(element, element + count);
  }

  /// Makes the file appear, whole.
  ///
  /// @throws IllegalStateException if a part of the array was never written
  public void finish() {
    final long covered = written.isEmpty() ? 0 : written.getOrDefault(0L, 0L);
    if (covered < elements) {
      throw new IllegalStateException(
          "array not written to the end: first missing element="
              + covered
              + ", elements="
              + elements);
    }
    file.commit();
  }

  @Override
  public void close() {
    file.close();
  }

  // Joins [start, end) with the ranges that it touches.
  private void cover(long start, long end) {
    if (start == end) {
      return;
    }
    long from = start;
    long to = end;
    Map.Entry<Long, Long> before = written.floorEntry(to);
    while (before != null && before.getValue() >= from) {
      from = Math.min(from, before.getKey());
      to = Math.max(to, before.getValue());
      written.remove(before.getKey());
      before = written.floorEntry(to);
    }
    written.put(from, to);
  }
}
