package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CU_EVENT_DISABLE_TIMING;

import java.lang.foreign.MemorySegment;

/// Pinned host memory through which all data passes between the host and a device: only such memory
/// is copied while the host goes on, and only it is what an array of the heap can be copied to.
///
/// There are two halves. Uploads fill one from its start to its end, each copied to the device as
/// soon as it is there, and then go on in the other; a half is written again when an event says
/// that the device has read it. Small uploads thus wait for nothing, and of large ones the host
/// copies one part while the device copies another.
final class Staging {
  static final int HALF = 4 << 20;

  private static final int ALIGNMENT = 64;

  private final CudaContext context;
  private final CudaStream stream;
  private final long address;
  private final MemorySegment memory;
  private final long[] events = new long[2];

  /// Whether a half's event was asked for and not yet waited for.
  private final boolean[] marked = new boolean[2];

  private int half;
  private int used;

  @SuppressWarnings("restricted") // the driver says where its memory is, and we how much it is
  Staging(final CudaContext context, final CudaStream stream) {
    this.context = context;
    this.stream = stream;
    context.enter();
    context.check(
        context.calls().call(DriverFunction.MEM_HOST_ALLOC, context.cell(), 2L * HALF, 0));
    address = context.written();
    memory = MemorySegment.ofAddress(address).reinterpret(2L * HALF);
    for (int i = 0; i < events.length; i++) {
      events[i] = context.make(DriverFunction.EVENT_CREATE, CU_EVENT_DISABLE_TIMING);
    }
  }

  void upload(final long to, final MemorySegment from) {
    final long size = from.byteSize();
    long done = 0;
    while (done < size) {
      if (used == HALF) {
        turn();
      }
      final long bytes = Math.min(HALF - used, size - done);
      final long place = (long) half * HALF + used;
      MemorySegment.copy(from, done, memory, place, bytes);
      context.check(
          context
              .calls()
              .call(
                  DriverFunction.MEMCPY_HTOD_ASYNC,
                  to + done,
                  address + place,
                  bytes,
                  stream.handle()));
      used = (int) Math.min(HALF, used + (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
      done += bytes;
    }
  }

  private void turn() {
    stream.mark(events[half]);
    marked[half] = true;
    half ^= 1;
    used = 0;
    if (marked[half]) {
      stream.await(events[half]);
      marked[half] = false;
    }
  }

  void download(final MemorySegment to, final long from) {
    final long size = to.byteSize();
    if (size == 0) {
      return;
    }
    boolean whole = false;
    try {
      copyOut(to, from, size);
      whole = true;
    } finally {
      if (!whole && !context.gone()) {
        context.calls().call(DriverFunction.STREAM_SYNCHRONIZE, stream.handle());
      }
      half = 0;
      used = 0;
      marked[0] = false;
      marked[1] = false;
    }
  }

  /// The device writes a half after it has read what was uploaded from there before, for that was
  /// asked for earlier; when the last event has come, both halves are free.
  private void copyOut(final MemorySegment to, final long from, final long size) {
    final long parts = (size + HALF - 1) / HALF;
    for (long part = 0; part <= parts; part++) {
      if (part < parts) {
        final int into = (int) (part & 1);
        final long start = part * HALF;
        context.check(
            context
                .calls()
                .call(
                    DriverFunction.MEMCPY_DTOH_ASYNC,
                    address + (long) into * HALF,
                    from + start,
                    Math.min(HALF, size - start),
                    stream.handle()));
        stream.mark(events[into]);
      }
      if (part > 0) {
        final int out = (int) ((part - 1) & 1);
        final long start = (part - 1) * HALF;
        stream.await(events[out]);
        MemorySegment.copy(memory, (long) out * HALF, to, start, Math.min(HALF, size - start));
      }
    }
  }

  void close() {
    if (!context.gone()) {
      context.enter();
      for (final long event : events) {
        context.check(context.calls().call(DriverFunction.EVENT_DESTROY, event));
      }
      context.check(context.calls().call(DriverFunction.MEM_FREE_HOST, address));
    }
  }
}
