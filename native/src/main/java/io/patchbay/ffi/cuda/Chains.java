package io.patchbay.ffi.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// How tasks of a recording hang on one another: the longest chain, by the number of tasks, takes
/// at least as long as all of them together, so it goes first.
final class Chains {
  private final List<Task> tasks;

  /// Tasks of the longest chain that ends with a task, and of the one that begins with it.
  private final int[] before;

  private final int[] behind;
  private final int longest;

  Chains(final List<Task> tasks) {
    this.tasks = tasks;
    final int count = tasks.size();
    before = new int[count];
    behind = new int[count];
    int most = 0;
    for (int i = 0; i < count; i++) {
      before[i] = 1;
      for (final int earlier : tasks.get(i).after()) {
        before[i] = Math.max(before[i], before[earlier] + 1);
      }
      most = Math.max(most, before[i]);
    }
    for (int i = count - 1; i >= 0; i--) {
      behind[i] = Math.max(behind[i], 1);
      for (final int earlier : tasks.get(i).after()) {
        behind[earlier] = Math.max(behind[earlier], behind[i] + 1);
      }
    }
    longest = most;
  }

  /// Whether a longest chain leads through a task.
  boolean isLongest(final int task) {
    return before[task] + behind[task] - 1 == longest;
  }

  /// All tasks, each behind those that it waits for; of those that may come next always one with
  /// the longest chain behind it.
  List<Integer> order() {
    final List<List<Integer>> waiting = new ArrayList<>();
    final var left = new int[tasks.size()];
    final var next =
        new PriorityQueue<Integer>(
            Comparator.comparingInt((Integer i) -> -behind[i]).thenComparingInt(i -> i));
    for (int i = 0; i < tasks.size(); i++) {
      waiting.add(new ArrayList<>());
      left[i] = tasks.get(i).after().size();
      if (left[i] == 0) {
        next.add(i);
      }
      for (final int earlier : tasks.get(i).after()) {
        waiting.get(earlier).add(i);
      }
    }
    final var order = new ArrayList<Integer>();
    while (!next.isEmpty()) {
      final int task = next.remove();
      order.add(task);
      for (final int later : waiting.get(task)) {
        left[later]--;
        if (left[later] == 0) {
          next.add(later);
        }
      }
    }
    return order;
  }
}
