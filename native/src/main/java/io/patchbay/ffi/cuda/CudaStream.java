package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static org.bytedeco.cuda.global.cudart.CU_EVENT_DEFAULT;
import static org.bytedeco.cuda.global.cudart.CU_STREAM_CAPTURE_MODE_RELAXED;
import static org.bytedeco.cuda.global.cudart.CU_STREAM_NON_BLOCKING;

import java.util.List;

/// The one stream of a device, in which everything happens in the order of its requests; tasks of a
/// recording have others beside it.
final class CudaStream {
  private static final int OVERLAPPING_CAPABILITY = 9;

  private final CudaContext context;
  private final long own;
  private long handle;

  /// Whether what was asked for last is a launch that awaits what came before it.
  private boolean awaiting;

  /// Whether the device has kernels that begin early.
  private final boolean overlapping;

  private final long begin;
  private final long end;

  CudaStream(final CudaContext context) {
    this.context = context;
    context.enter();
    overlapping =
        context.attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) >= OVERLAPPING_CAPABILITY;
    own = context.make(DriverFunction.STREAM_CREATE, CU_STREAM_NON_BLOCKING);
    handle = own;
    begin = context.make(DriverFunction.EVENT_CREATE, CU_EVENT_DEFAULT);
    end = context.make(DriverFunction.EVENT_CREATE, CU_EVENT_DEFAULT);
  }

  /// For a request that waits for all before it, and that all after it wait for.
  long handle() {
    awaiting = false;
    return handle;
  }

  /// For a launch, of which [#launched] is told.
  long launchHandle() {
    return handle;
  }

  /// Whether the device may begin a launch before the one before it has ended: that one must await
  /// what came before it too, so that everything is over when this kernel's wait is.
  ///
  /// @param awaits whether its kernel waits itself
  boolean overlaps(final boolean awaits) {
    return overlapping && awaits && awaiting;
  }

  /// After a launch that the driver took.
  void launched(final boolean awaits) {
    awaiting = awaits;
  }

  /// @param why for the message, when it is asked for within a recording
  void synchronize(final String why) {
    context.enterOutside(why);
    context.check(context.calls().call(DriverFunction.STREAM_SYNCHRONIZE, handle));
  }

  /// Notes in `event` when all that was asked for is done.
  void mark(final long event) {
    context.check(context.calls().call(DriverFunction.EVENT_RECORD, event, handle));
  }

  void await(final long event) {
    context.check(context.calls().call(DriverFunction.EVENT_SYNCHRONIZE, event));
  }

  double milliseconds(final Runnable work) {
    context.enterOutside("a duration");
    mark(begin);
    work.run();
    context.enterOutside("a duration");
    mark(end);
    await(end);
    context.check(
        context.calls().call(DriverFunction.EVENT_ELAPSED_TIME, context.cell(), begin, end));
    return context.writtenFloat();
  }

  /// The graph of what `work` asks for.
  long capture(final Runnable work) {
    context.enterOutside("a recording");
    final var calls = context.calls();
    context.check(
        calls.call(DriverFunction.STREAM_BEGIN_CAPTURE, handle, CU_STREAM_CAPTURE_MODE_RELAXED));
    context.recording(true);
    boolean whole = false;
    try {
      work.run();
      whole = true;
    } finally {
      context.recording(false);
      if (!whole) {
        abandon();
      }
    }
    context.enter();
    context.check(calls.call(DriverFunction.STREAM_END_CAPTURE, handle, context.cell()));
    return context.written();
  }

  /// Asks at once for what could be recorded, and refuses what could not.
  void alone(final Runnable work) {
    context.enterOutside("a replay");
    context.recording(true);
    try {
      work.run();
    } finally {
      context.recording(false);
    }
  }

  /// Asks for tasks within a recording, each behind those that it waits for.
  void fork(final List<Task> tasks) {
    final var lanes = new Lanes(context, own);
    try {
      lanes.run(tasks, this::run);
    } finally {
      handle = own;
      awaiting = false;
      lanes.close();
    }
  }

  /// Asks a lane for some work.
  ///
  /// @param after whether what the lane was asked for last awaits what came before it
  /// @return the same of the work
  private boolean run(final long lane, final boolean after, final Runnable work) {
    handle = lane;
    awaiting = after;
    work.run();
    return awaiting;
  }

  /// Leaves the recording that failed; why it failed is known already.
  private void abandon() {
    final var calls = context.calls();
    final int ended = calls.call(DriverFunction.STREAM_END_CAPTURE, handle, context.cell());
    if (ended == CUDA_SUCCESS && context.written() != 0) {
      calls.call(DriverFunction.GRAPH_DESTROY, context.written());
    }
  }

  void close() {
    if (!context.gone()) {
      context.enter();
      final var calls = context.calls();
      context.check(calls.call(DriverFunction.EVENT_DESTROY, begin));
      context.check(calls.call(DriverFunction.EVENT_DESTROY, end));
      context.check(calls.call(DriverFunction.STREAM_DESTROY, own));
    }
  }
}
