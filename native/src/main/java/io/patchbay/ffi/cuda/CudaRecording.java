package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY;
import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;

import java.util.List;
import java.util.Set;

/// A graph that the driver made of a recording.
final class CudaRecording implements Recording {
  private final CudaContext context;
  private final CudaStream stream;
  private final long graph;
  private final List<Object> purposes;
  private final Set<CudaRecording> open;
  private boolean closed;

  /// @param graph that was captured, which this destroys
  /// @param purposes what its tasks are for, in their order, for messages
  /// @param open recordings of the device, which this joins until it is closed
  CudaRecording(
      final CudaContext context,
      final CudaStream stream,
      final long graph,
      final List<Object> purposes,
      final Set<CudaRecording> open) {
    this.context = context;
    this.stream = stream;
    this.purposes = List.copyOf(purposes);
    this.open = open;
    final var calls = context.calls();
    final int made =
        calls.call(
            DriverFunction.GRAPH_INSTANTIATE,
            context.cell(),
            graph,
            (long) CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY);
    if (made != CUDA_SUCCESS) {
      final var failure = context.failure(made, "");
      calls.call(DriverFunction.GRAPH_DESTROY, graph);
      throw failure;
    }
    this.graph = context.written();
    context.check(calls.call(DriverFunction.GRAPH_DESTROY, graph));
    open.add(this);
  }

  @Override
  public void replay() {
    context.enterOutside("a replay");
    if (closed) {
      throw new IllegalStateException("the recording is closed");
    }
    context.launches(this, null);
    context.check(context.calls().call(DriverFunction.GRAPH_LAUNCH, graph, stream.handle()));
  }

  /// Waits for replays that run.
  @Override
  public void close() {
    if (!closed && !context.gone()) {
      stream.synchronize("the end of a recording");
      context.check(context.calls().call(DriverFunction.GRAPH_EXEC_DESTROY, graph));
    }
    closed = true;
    open.remove(this);
  }

  /// What was recorded, for messages.
  @Override
  public String toString() {
    return purposes.isEmpty()
        ? "recording"
        : "recording, steps="
            + purposes.size()
            + ", first="
            + purposes.getFirst()
            + ", last="
            + purposes.getLast();
  }
}
