package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.CU_EVENT_DISABLE_TIMING;
import static org.bytedeco.cuda.global.cudart.CU_STREAM_NON_BLOCKING;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// Pinned host memory through which all data passes between the host and a device: only such memory
/// is copied while the host goes on, and only it is what an array of the heap can be copied to.
///
/// There are some parts, in a ring. Uploads fill one from its start to its end, each copied to the
/// device as soon as it is there, and then go on in the next; a part is written again when an event
/// says that the device has read it. Small uploads thus wait for nothing, and large ones go in
/// pieces: the device copies one while the host copies the next, by several threads, for one alone
/// takes longer than the device. There are more parts when two do not suffice, up to a limit: so
/// inputs of the next run are there before this one is over.
///
/// Pieces of large uploads do not wait for the kernels that were asked for before: a stream of
/// their own copies them to memory of the device that each part has beside its own, and what the
/// device's one stream does in its turn is to move them from there, which is a hundred times as
/// fast as the way from the host. Where the device has no memory left for that they go the straight
/// way.
final class Staging {
  static final int PART = 4 << 20;

  /// Bytes that a thread of the host copies at once: of fewer, asking for it takes longer than
  /// doing it.
  private static final int SLICE = 1 << 17;

  private static final int ALIGNMENT = 64;

  /// Bytes of the smallest upload that goes ahead of the stream: what it asks for beside takes some
  /// microseconds.
  private static final int AHEAD = 1 << 18;

  /// Parts at most.
  private static final int MOST = 8;

  private final CudaContext context;
  private final CudaStream stream;
  private final DeviceAccount account;

  /// The stream of uploads that go ahead, and the event that says that a piece is there.
  private final long ahead;

  private final long arrived;
  private final List<Part> parts = new ArrayList<>();
  private int current;
  private int used;

  /// Pinned memory, with the event that says that the device is done with it.
  private static final class Part {
    private final long address;
    private final MemorySegment memory;
    private final long event;

    /// Whether the event was asked for and not yet waited for.
    private boolean marked;

    /// As many bytes of the device, once they were needed, if there are any.
    private Optional<CudaMemory> beside = Optional.empty();

    private boolean asked;

    Part(final long address, final MemorySegment memory, final long event) {
      this.address = address;
      this.memory = memory;
      this.event = event;
    }
  }

  Staging(final CudaContext context, final CudaStream stream, final DeviceAccount account) {
    this.context = context;
    this.stream = stream;
    this.account = account;
    context.enter();
    ahead = context.make(DriverFunction.STREAM_CREATE, CU_STREAM_NON_BLOCKING);
    arrived = context.make(DriverFunction.EVENT_CREATE, CU_EVENT_DISABLE_TIMING);
    parts.add(part());
    parts.add(part());
  }

  @SuppressWarnings("restricted") // the driver says where its memory is, and we how much it is
  private Part part() {
    final long event = context.make(DriverFunction.EVENT_CREATE, CU_EVENT_DISABLE_TIMING);
    final int status =
        context.calls().call(DriverFunction.MEM_HOST_ALLOC, context.cell(), (long) PART, 0);
    if (status != CUDA_SUCCESS) {
      final var failure = context.failure(status, "");
      if (!context.gone()) {
        context.calls().call(DriverFunction.EVENT_DESTROY, event);
      }
      throw failure;
    }
    final long address = context.written();
    return new Part(address, MemorySegment.ofAddress(address).reinterpret(PART), event);
  }

  void upload(final long to, final MemorySegment from) {
    final long size = from.byteSize();
    long done = 0;
    while (done < size) {
      if (used == PART) {
        turn();
      }
      final var part = parts.get(current);
      final long bytes = Math.min(PART - used, size - done);
      copy(from.asSlice(done, bytes), part.memory.asSlice(used, bytes));
      final var beside = size < AHEAD ? Optional.<CudaMemory>empty() : beside(part);
      if (beside.isPresent()) {
        goAhead(to + done, beside.get().address() + used, part.address + used, bytes);
      } else {
        send(to + done, part.address + used, bytes, stream.handle());
      }
      used = (int) Math.min(PART, used + (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
      done += bytes;
    }
  }

  private void send(final long to, final long from, final long bytes, final long by) {
    context.check(context.calls().call(DriverFunction.MEMCPY_HTOD_ASYNC, to, from, bytes, by));
  }

  private void goAhead(final long to, final long beside, final long from, final long bytes) {
    final var calls = context.calls();
    send(beside, from, bytes, ahead);
    context.check(calls.call(DriverFunction.EVENT_RECORD, arrived, ahead));
    context.check(calls.call(DriverFunction.STREAM_WAIT_EVENT, stream.handle(), arrived, 0));
    context.check(calls.call(DriverFunction.MEMCPY_DTOD_ASYNC, to, beside, bytes, stream.handle()));
  }

  /// Memory of the device for what goes ahead from a part.
  private Optional<CudaMemory> beside(final Part part) {
    if (!part.asked) {
      part.asked = true;
      try {
        part.beside = Optional.of(account.allocate("uploads on their way", PART));
      } catch (final OutOfDeviceMemoryException e) {
        part.beside = Optional.empty();
      }
    }
    return part.beside;
  }

  /// An array may be read by any thread; of other memory that is not sure.
  private static void copy(final MemorySegment from, final MemorySegment to) {
    final long size = from.byteSize();
    if (size < 2 * SLICE || from.heapBase().isEmpty()) {
      to.copyFrom(from);
      return;
    }
    LongStream.range(0, (size + SLICE - 1) / SLICE)
        .map(slice -> slice * SLICE)
        .parallel()
        .forEach(at -> MemorySegment.copy(from, at, to, at, Math.min(SLICE, size - at)));
  }

  /// Goes on to the next part. When that fails this one stays full, and nothing is written to a
  /// part that the device may still read.
  private void turn() {
    final var full = parts.get(current);
    stream.mark(full.event);
    full.marked = true;
    int next = (current + 1) % parts.size();
    if (parts.get(next).marked && parts.size() < MOST) {
      next = current + 1;
      parts.add(next, part());
    }
    final var to = parts.get(next);
    if (to.marked) {
      stream.await(to.event);
      to.marked = false;
    }
    current = next;
    used = 0;
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
      current = 0;
      used = 0;
      parts.forEach(part -> part.marked = false);
    }
  }

  /// The device writes a part after it has read what was uploaded from there before, for that was
  /// asked for earlier; when the last event has come, all parts are free.
  private void copyOut(final MemorySegment to, final long from, final long size) {
    final long pieces = (size + PART - 1) / PART;
    for (long piece = 0; piece <= pieces; piece++) {
      if (piece < pieces) {
        final var into = parts.get((int) (piece & 1));
        final long start = piece * PART;
        context.check(
            context
                .calls()
                .call(
                    DriverFunction.MEMCPY_DTOH_ASYNC,
                    into.address,
                    from + start,
                    Math.min(PART, size - start),
                    stream.handle()));
        stream.mark(into.event);
      }
      if (piece > 0) {
        final var out = parts.get((int) ((piece - 1) & 1));
        final long start = (piece - 1) * PART;
        stream.await(out.event);
        MemorySegment.copy(out.memory, 0, to, start, Math.min(PART, size - start));
      }
    }
  }

  void close() {
    if (!context.gone()) {
      context.enter();
      context.check(context.calls().call(DriverFunction.STREAM_SYNCHRONIZE, ahead));
      for (final var part : parts) {
        context.check(context.calls().call(DriverFunction.EVENT_DESTROY, part.event));
        context.check(context.calls().call(DriverFunction.MEM_FREE_HOST, part.address));
      }
      context.check(context.calls().call(DriverFunction.EVENT_DESTROY, arrived));
      context.check(context.calls().call(DriverFunction.STREAM_DESTROY, ahead));
    }
  }
}
