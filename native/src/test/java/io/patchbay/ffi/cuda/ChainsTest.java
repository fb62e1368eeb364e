package io.patchbay.ffi.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which tasks of a recording are the longest chain, and which comes when.
final class ChainsTest {
  private static Task after(final Integer... tasks) {
    return new Task(() -> {}, Set.of(tasks));
  }

  private static List<Integer> longest(final List<Task> tasks) {
    final var chains = new Chains(tasks);
    return IntStream.range(0, tasks.size()).filter(chains::isLongest).boxed().toList();
  }

  @Test
  void theLongestChainComesFirst() {
    // 0 - 1 - 4 - 5, beside it 2 and 0 - 3 - 5.
    final var tasks = List.of(after(), after(0), after(), after(0), after(1), after(3, 4));
    assertEquals(List.of(0, 1, 4, 5), longest(tasks));
    assertEquals(List.of(0, 1, 3, 4, 2, 5), new Chains(tasks).order());
  }

  @Test
  void chainsOfOneLengthAreAllLongest() {
    assertEquals(List.of(0, 1, 2, 3), longest(List.of(after(), after(0), after(0), after(1, 2))));
    assertEquals(List.of(0, 1), longest(List.of(after(), after())));
    assertEquals(List.of(), new Chains(List.of()).order());
  }

  @Test
  void eachTaskComesOnceBehindThoseThatItWaitsFor() {
    final var random = new SplittableRandom(5);
    final var tasks = new ArrayList<Task>();
    for (int i = 0; i < 60; i++) {
      final var before = new HashSet<Integer>();
      for (int k = 0; k < 3 && i > 0; k++) {
        before.add(random.nextInt(i));
      }
      tasks.add(new Task(() -> {}, i % 7 == 0 ? Set.of() : before));
    }
    final var order = new Chains(tasks).order();
    final var done = new HashSet<Integer>();
    for (final int task : order) {
      assertTrue(done.containsAll(tasks.get(task).after()), () -> task + " of " + order);
      done.add(task);
    }
    assertEquals(60, done.size());
    assertEquals(60, order.size());
  }
}
