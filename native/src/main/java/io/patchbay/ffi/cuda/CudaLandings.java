package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CU_EVENT_DISABLE_TIMING;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Pinned memory into which the device copies while the host goes on. What was read is used again.
final class CudaLandings {
  /// Bytes of the smallest; others are twice as large, or four times, and so on.
  private static final long LEAST = 4096;

  private final CudaContext context;
  private final CudaStream stream;
  private final List<Place> all = new ArrayList<>();
  private final List<Place> unused = new ArrayList<>();

  CudaLandings(final CudaContext context, final CudaStream stream) {
    this.context = context;
    this.stream = stream;
  }

  /// Pinned memory, and the event that says that it is filled.
  private record Place(long address, MemorySegment memory, long event) {}

  Landing land(final long from, final long bytes) {
    final var place = place(bytes);
    try {
      if (bytes > 0) {
        context.check(
            context
                .calls()
                .call(
                    DriverFunction.MEMCPY_DTOH_ASYNC,
                    place.address(),
                    from,
                    bytes,
                    stream.handle()));
      }
      stream.mark(place.event());
    } catch (final RuntimeException e) {
      unused.add(place);
      throw e;
    }
    return new Landed(place, bytes);
  }

  private Place place(final long bytes) {
    final long size = Math.max(LEAST, Long.highestOneBit(Math.max(1, bytes - 1)) << 1);
    for (final var place : unused) {
      if (place.memory().byteSize() == size) {
        unused.remove(place);
        return place;
      }
    }
    return make(size);
  }

  @SuppressWarnings("restricted") // the driver says where its memory is, and we how much it is
  private Place make(final long size) {
    context.check(context.calls().call(DriverFunction.MEM_HOST_ALLOC, context.cell(), size, 0));
    final long address = context.written();
    final long event = context.make(DriverFunction.EVENT_CREATE, CU_EVENT_DISABLE_TIMING);
    final var place = new Place(address, MemorySegment.ofAddress(address).reinterpret(size), event);
    all.add(place);
    return place;
  }

  void close() {
    if (!context.gone()) {
      context.enter();
      stream.synchronize("the return of pinned memory");
      for (final var place : all) {
        context.check(context.calls().call(DriverFunction.EVENT_DESTROY, place.event()));
        context.check(context.calls().call(DriverFunction.MEM_FREE_HOST, place.address()));
      }
    }
    all.clear();
    unused.clear();
  }

  private final class Landed implements Landing {
    private final Place place;
    private final long bytes;
    private boolean closed;

    Landed(final Place place, final long bytes) {
      this.place = place;
      this.bytes = bytes;
    }

    @Override
    public void into(final MemorySegment to) {
      context.enterOutside("a landing");
      if (closed || to.byteSize() != bytes) {
        throw new IllegalStateException(
            "not what landed: bytes=" + bytes + ", asked=" + to.byteSize() + ", closed=" + closed);
      }
      stream.await(place.event());
      MemorySegment.copy(place.memory(), 0, to, 0, bytes);
    }

    /// A copy that is still on its way comes before one that is asked for later.
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        unused.add(place);
      }
    }
  }
}
