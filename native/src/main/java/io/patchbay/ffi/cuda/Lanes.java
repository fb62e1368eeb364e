package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CU_EVENT_DISABLE_TIMING;
import static org.bytedeco.cuda.global.cudart.CU_STREAM_NON_BLOCKING;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Streams side by side while tasks are recorded. The longest chain of tasks has a lane of its own,
/// whose launches a device prefers. Another task goes behind one that it waits for where that is
/// the last of its lane, else to the lane that has had the fewest.
final class Lanes implements AutoCloseable {
  /// Beside the one of the longest chain.
  private static final int COUNT = 5;

  /// More than any device has; a driver takes the most urgent one that there is.
  private static final int MOST_URGENT = -100;

  private final CudaContext context;
  private final Lane main;
  private final Lane first;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Long> events = new ArrayList<>();

  /// A stream, and the tasks that it has had.
  private static final class Lane {
    private final long stream;
    private final List<Integer> tasks = new ArrayList<>();

    /// Whether what it was asked for last is a launch that awaits what came before it.
    private boolean awaiting;

    Lane(final long stream) {
      this.stream = stream;
    }

    int last() {
      return tasks.isEmpty() ? -1 : tasks.getLast();
    }
  }

  /// How a lane is asked for work.
  interface Entry {
    /// @param after whether what the lane was asked for last awaits what came before it
    /// @return the same of the work
    boolean run(long lane, boolean after, Runnable work);
  }

  /// @param main that records, and that waits for all in the end
  Lanes(final CudaContext context, final long main) {
    this.context = context;
    this.main = new Lane(main);
    first =
        new Lane(
            context.make(
                DriverFunction.STREAM_CREATE_WITH_PRIORITY, CU_STREAM_NON_BLOCKING, MOST_URGENT));
    for (int i = 0; i < COUNT; i++) {
      lanes.add(new Lane(context.make(DriverFunction.STREAM_CREATE, CU_STREAM_NON_BLOCKING)));
    }
  }

  void run(final List<Task> tasks, final Entry entry) {
    final long begin = event(main);
    await(first, begin);
    lanes.forEach(lane -> await(lane, begin));
    final var chains = new Chains(tasks);
    final var lane = new Lane[tasks.size()];
    final var ends = new long[tasks.size()];
    for (final int i : chains.order()) {
      final var after = tasks.get(i).after();
      final var own = lane(after, chains.isLongest(i));
      lane[i] = own;
      for (final int before : after) {
        if (lane[before] != own) {
          await(own, ends[before]);
        }
      }
      own.awaiting = entry.run(own.stream, own.awaiting, () -> context.run(tasks.get(i)));
      own.tasks.add(i);
      ends[i] = event(own);
    }
    await(main, event(first));
    lanes.forEach(other -> await(main, event(other)));
  }

  private Lane lane(final Set<Integer> after, final boolean longest) {
    if (longest && (first.tasks.isEmpty() || after.contains(first.last()))) {
      return first;
    }
    Lane best = lanes.getFirst();
    for (final var lane : lanes) {
      if (lane.tasks.size() < best.tasks.size()) {
        best = lane;
      }
    }
    int latest = -1;
    for (final var lane : lanes) {
      if (after.contains(lane.last()) && lane.last() > latest) {
        latest = lane.last();
        best = lane;
      }
    }
    return best;
  }

  /// What stands for all that the lane was asked for.
  private long event(final Lane lane) {
    final long event = context.make(DriverFunction.EVENT_CREATE, CU_EVENT_DISABLE_TIMING);
    events.add(event);
    context.check(context.calls().call(DriverFunction.EVENT_RECORD, event, lane.stream));
    return event;
  }

  private void await(final Lane lane, final long event) {
    context.check(context.calls().call(DriverFunction.STREAM_WAIT_EVENT, lane.stream, event, 0));
    lane.awaiting = false;
  }

  /// What was recorded does not need them.
  @Override
  public void close() {
    if (context.gone()) {
      return;
    }
    final var calls = context.calls();
    events.forEach(event -> context.check(calls.call(DriverFunction.EVENT_DESTROY, event)));
    destroy(first);
    lanes.forEach(this::destroy);
  }

  private void destroy(final Lane lane) {
    context.check(context.calls().call(DriverFunction.STREAM_DESTROY, lane.stream));
  }
}
