package io.patchbay.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// The account of memory outside the Java heap, which no JVM flag bounds. Every slab is asked for
/// here, by name, and refused before the limit is crossed.
public final class HostMemory {
  private static final long ALIGNMENT = 64;

  private final long limit;
  private final AtomicLong used = new AtomicLong();

  /// @param limit bytes
  public HostMemory(final long limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("memory limit must be positive: limit=" + limit);
    }
    this.limit = limit;
  }

  /// Zeroed memory, aligned to 64 bytes, returned to the account when the block is closed.
  ///
  /// @throws OutOfHostMemoryException when the limit would be crossed; nothing is allocated then
  @SuppressWarnings("MustBeClosedChecker") // the block owns the arena and closes it
  public Block allocate(final String owner, final long bytes) {
    final var before = used.getAndAdd(bytes);
    if (bytes < 0 || before + bytes > limit) {
      used.addAndGet(-bytes);
      throw new OutOfHostMemoryException(owner, bytes, before, limit);
    }
    final var arena = Arena.ofShared();
    try {
      return new Block(this, arena, arena.allocate(Math.max(bytes, ALIGNMENT), ALIGNMENT), bytes);
    } catch (final OutOfMemoryError e) {
      arena.close();
      used.addAndGet(-bytes);
      throw new OutOfHostMemoryException(owner, bytes, before, limit);
    }
  }

  /// Bytes in use now.
  public long used() {
    return used.get();
  }

  public long limit() {
    return limit;
  }

  /// One allocation, owned by whoever asked for it.
  public static final class Block implements AutoCloseable {
    private final HostMemory account;
    private final Arena arena;
    private final MemorySegment segment;
    private final long bytes;
    private boolean closed;

    private Block(
        final HostMemory account,
        final Arena arena,
        final MemorySegment segment,
        final long bytes) {
      this.account = account;
      this.arena = arena;
      this.segment = segment;
      this.bytes = bytes;
    }

    public MemorySegment segment() {
      return segment;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        arena.close();
        account.used.addAndGet(-bytes);
      }
    }
  }
}
