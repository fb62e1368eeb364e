package io.patchbay.kernels.cuda;

import io.patchbay.engine.Sizes;
import io.patchbay.ffi.cuda.Task;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What steps must wait for: a step that reads memory, for those that wrote it; one that writes
/// memory, for those that read or wrote it. Values that have one place one after the other share
/// its memory.
final class Order {
  private final Sizes capacity;
  private final List<Step> steps;
  private final Purposes purposes;

  /// Bytes from `from` on, before `to`.
  private record Place(long from, long to) {
    boolean meets(final Place other) {
      return from < other.to && other.from < to;
    }
  }

  /// What a step touches.
  private record Touched(List<Place> writes, List<Place> reads) {
    /// Whether this step must wait for an earlier one.
    boolean waitsFor(final Touched before) {
      return meet(reads, before.writes)
          || meet(writes, before.writes)
          || meet(writes, before.reads);
    }

    private static boolean meet(final List<Place> some, final List<Place> others) {
      return some.stream().anyMatch(a -> others.stream().anyMatch(a::meets));
    }
  }

  /// @param steps whose values have their places, in an order that is right
  /// @param purposes of them, for messages
  Order(final Sizes capacity, final List<Step> steps, final Purposes purposes) {
    this.capacity = capacity;
    this.steps = steps;
    this.purposes = purposes;
  }

  /// The steps, each behind those that it must wait for and that no other of them waits for.
  List<Task> tasks() {
    final var touched = steps.stream().map(this::touched).toList();
    final var all = new ArrayList<Set<Integer>>();
    final var tasks = new ArrayList<Task>();
    final var ends = new ArrayList<Set<Integer>>();
    for (int i = 0; i < steps.size(); i++) {
      final Set<Integer> before = new HashSet<>();
      final Set<Integer> after = new HashSet<>();
      for (int j = i - 1; j >= 0; j--) {
        if (!before.contains(j) && touched.get(i).waitsFor(touched.get(j))) {
          after.addAll(ends.get(j));
          before.add(j);
          before.addAll(all.get(j));
        }
      }
      all.add(before);
      ends.add(add(steps.get(i), after, tasks));
    }
    return tasks;
  }

  /// @return the tasks with which the step ends
  private Set<Integer> add(final Step step, final Set<Integer> after, final List<Task> tasks) {
    final var purpose = purposes.of(step);
    final Set<Integer> work = Set.of(tasks.size());
    tasks.add(new Task(purpose, step.work(), after));
    if (step.parts().isEmpty()) {
      return work;
    }
    final Set<Integer> ends = new HashSet<>();
    for (final var part : step.parts()) {
      ends.add(tasks.size());
      tasks.add(new Task(purpose, part, work));
    }
    return ends;
  }

  private Touched touched(final Step step) {
    return new Touched(places(step.writes()), places(step.reads()));
  }

  private List<Place> places(final List<Value> values) {
    return values.stream()
        .map(v -> {
          final long from = v.address();
          return new Place(from, from + capacity.of(v.root().axis()) * v.root().rowBytes());
        })
        .toList();
  }
}
