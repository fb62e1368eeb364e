package io.patchbay.kernels.reference;

import io.patchbay.ffi.OutOfHostMemoryException;
import java.util.concurrent.atomic.AtomicLong;

/// The bytes that the slabs of one backend hold, refused before the user's limit is crossed.
final class HostAccount {
  /// Bytes of one element.
  static final int ELEMENT = Double.BYTES;

  private final long limit;
  private final AtomicLong used = new AtomicLong();

  HostAccount(final long limit) {
    this.limit = limit;
  }

  /// A zeroed slab that counts until [#release].
  ///
  /// @throws OutOfHostMemoryException when the limit would be crossed
  /// @throws IllegalArgumentException when it has more elements than a Java array can have
  double[] allocate(final String owner, final long elements) {
    if (elements > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "too large for the reference backend: owner=" + owner + ", elements=" + elements);
    }
    final long bytes = elements * ELEMENT;
    final long before = used.getAndAdd(bytes);
    if (before + bytes > limit) {
      used.addAndGet(-bytes);
      throw new OutOfHostMemoryException(owner, bytes, before, limit);
    }
    return new double[(int) elements];
  }

  void release(final double[] slab) {
    used.addAndGet(-(long) slab.length * ELEMENT);
  }

  long free() {
    return limit - used.get();
  }

  long used() {
    return used.get();
  }
}
