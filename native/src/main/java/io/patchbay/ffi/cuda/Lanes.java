package io.patchbay.ffi.cuda;

import static org.bytedeco.cuda.global.cudart.CU_EVENT_DISABLE_TIMING;
import static org.bytedeco.cuda.global.cudart.CU_STREAM_NON_BLOCKING;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Streams side by side while tasks are recorded. A task goes behind one that it waits for where
/// that is the last of its lane, else to the lane that has had the fewest.
final class Lanes implements AutoCloseable {
  private static final int COUNT = 4;

  private final CudaContext context;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Long> ends = new ArrayList<>();

  /// A stream, and the tasks that it has had.
  private static final class Lane {
    private final long stream;
    private final List<Integer> tasks = new ArrayList<>();

    Lane(final long stream) {
      this.stream = stream;
    }

    int last() {
      return tasks.isEmpty() ? -1 : tasks.getLast();
    }
  }

  /// @param main that records, and that waits for all in the end
  Lanes(final CudaContext context, final long main) {
    this.context = context;
    lanes.add(new Lane(main));
    for (int i = 1; i < COUNT; i++) {
      lanes.add(new Lane(context.make(DriverFunction.STREAM_CREATE, CU_STREAM_NON_BLOCKING)));
    }
  }

  /// @param enter is told the stream that requests go to from then on
  void run(final List<Task> tasks, final LongConsumer enter) {
    final var main = lanes.getFirst();
    final long begin = event(main);
    lanes.stream().skip(1).forEach(lane -> await(lane, begin));
    final var lane = new Lane[tasks.size()];
    for (int i = 0; i < tasks.size(); i++) {
      final var after = tasks.get(i).after();
      final var own = lane(after);
      lane[i] = own;
      for (final int before : after) {
        if (lane[before] != own) {
          await(own, ends.get(before + 1));
        }
      }
      enter.accept(own.stream);
      tasks.get(i).work().run();
      own.tasks.add(i);
      event(own);
    }
    lanes.stream().skip(1).map(this::event).forEach(end -> await(main, end));
  }

  private Lane lane(final Iterable<Integer> after) {
    Lane best = lanes.getFirst();
    for (final var lane : lanes) {
      if (lane.tasks.size() < best.tasks.size()) {
        best = lane;
      }
    }
    int latest = -1;
    for (final int before : after) {
      for (final var lane : lanes) {
        if (lane.last() == before && before > latest) {
          latest = before;
          best = lane;
        }
      }
    }
    return best;
  }

  /// What stands for all that the lane was asked for.
  private long event(final Lane lane) {
    final long event = context.make(DriverFunction.EVENT_CREATE, CU_EVENT_DISABLE_TIMING);
    ends.add(event);
    context.check(context.calls().call(DriverFunction.EVENT_RECORD, event, lane.stream));
    return event;
  }

  private void await(final Lane lane, final long event) {
    context.check(context.calls().call(DriverFunction.STREAM_WAIT_EVENT, lane.stream, event, 0));
  }

  /// What was recorded does not need them.
  @Override
  public void close() {
    if (context.gone()) {
      return;
    }
    final var calls = context.calls();
    ends.forEach(event -> context.check(calls.call(DriverFunction.EVENT_DESTROY, event)));
    lanes.stream()
        .skip(1)
        .forEach(lane -> context.check(calls.call(DriverFunction.STREAM_DESTROY, lane.stream)));
  }
}
