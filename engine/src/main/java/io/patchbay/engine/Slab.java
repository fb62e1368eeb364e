package io.patchbay.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Packs buffers with lifetimes into one allocation: those that live at the same time never share
/// bytes, others may.
public final class Slab {
  /// Offsets are multiples of this many bytes.
  public static final long ALIGNMENT = 64;

  private final List<Request> placed = new ArrayList<>();
  private long size;

  /// A buffer that lives from step `first` to step `last`, both included.
  private record Request(long offset, long bytes, int first, int last) {
    boolean meets(final int otherFirst, final int otherLast) {
      return first <= otherLast && otherFirst <= last;
    }

    long end() {
      return offset + bytes;
    }
  }

  /// Places a buffer at the lowest offset that is free during its whole life.
  ///
  /// @return its offset in bytes
  public long place(final long bytes, final int first, final int last) {
    if (bytes < 0 || first > last) {
      throw new IllegalArgumentException(
          "no such buffer: bytes=" + bytes + ", first=" + first + ", last=" + last);
    }
    final long padded = Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    final var alive =
        placed.stream()
            .filter(r -> r.meets(first, last))
            .sorted(Comparator.comparingLong(Request::offset))
            .toList();
    long offset = 0;
    for (final var request : alive) {
      if (request.offset() - offset >= padded) {
        break;
      }
      offset = Math.max(offset, request.end());
    }
    placed.add(new Request(offset, padded, first, last));
    size = Math.max(size, offset + padded);
    return offset;
  }

  /// Bytes of the whole allocation.
  public long size() {
    return size;
  }
}
