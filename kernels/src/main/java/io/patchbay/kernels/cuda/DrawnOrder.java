package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Recording;
import io.patchbay.ffi.cuda.Task;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// Recorded tasks in the order of their list, where threads run in forward order; else in one drawn
/// anew for each replay, which keeps no more than what each task says it waits for.
final class DrawnOrder implements Recording {
  private final List<Task> tasks;
  private final List<Recording> recorded;
  private final int order;
  private final Random random;

  /// @param recorded the work of each task
  DrawnOrder(final List<Task> tasks, final List<Recording> recorded, final int order) {
    this.tasks = tasks;
    this.recorded = recorded;
    this.order = order;
    this.random = new Random(order);
  }

  @Override
  public void replay() {
    if (order == 0) {
      IntStream.range(0, recorded.size()).forEach(this::replay);
      return;
    }
    final Set<Integer> done = new HashSet<>();
    final var left = new ArrayList<>(IntStream.range(0, recorded.size()).boxed().toList());
    while (!left.isEmpty()) {
      final var ready = left.stream().filter(i -> done.containsAll(tasks.get(i).after())).toList();
      final var next = ready.get(order == 1 ? ready.size() - 1 : random.nextInt(ready.size()));
      replay(next);
      done.add(next);
      left.removeIf(next::equals);
    }
  }

  private void replay(final int task) {
    EmulatedDevice.naming(tasks.get(task), recorded.get(task)::replay);
  }

  @Override
  public void close() {
    recorded.forEach(Recording::close);
  }
}
