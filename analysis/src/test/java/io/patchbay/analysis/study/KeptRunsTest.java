package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptRunsTest {
  private static final int RUNS = 12;

  @TempDir Path folder;

  private Path kept() {
    return folder.resolve("unfinished");
  }

  private static double[] values(final int run) {
    final var values = new double[run % 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 / (3.0 + run + i) * (i % 2 == 0 ? 1 : -1e300);
    }
    return values;
  }

  /// Asks for all runs; two seconds pass in each.
  ///
  /// @return which were run
  private List<Integer> work(final boolean resume, final int stopAfter) {
    final var run = new ArrayList<Integer>();
    final var time = new AtomicLong();
    try (var runs =
        KeptRuns.open(
            kept(), "question", resume, () -> run.size() == stopAfter, time::incrementAndGet)) {
      for (int i = 0; i < RUNS; i++) {
        final int number = i;
        final var found =
            runs.next(() -> {
              run.add(number);
              time.addAndGet(number % 3 == 0 ? 0 : 2_000_000_000L);
              return values(number);
            });
        assertArrayEquals(values(i), found, 0);
      }
      runs.discard();
    } catch (final CancellationException e) {
      assertEquals(stopAfter, run.size());
    }
    return run;
  }

  private static List<Integer> numbers(final int from, final int end) {
    final var numbers = new ArrayList<Integer>();
    for (int i = from; i < end; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  @Test
  void workThatWasStoppedGoesOnWhereItWas() {
    assertEquals(numbers(0, 4), work(false, 4));
    assertEquals(List.of(), work(true, 0), "stopped at once");
    assertEquals(numbers(4, 9), work(true, 5));
    assertEquals(numbers(9, RUNS), work(true, RUNS));
    assertFalse(Files.exists(kept()), "nothing is left of finished work");
  }

  @Test
  void whatWasKeptBeforeAKillIsTakenUp() throws IOException {
    work(false, 7);
    Files.delete(kept().resolve("000004.runs"));
    assertEquals(numbers(6, RUNS), work(true, RUNS));
  }

  @Test
  void nothingIsWrittenBeforeThereIsSomethingToKeep() {
    KeptRuns.open(kept(), "question", false, () -> false).close();
    assertFalse(Files.exists(kept()));
  }

  @Test
  void otherWorkAndDamageAreRefused() throws IOException {
    work(false, 5);
    final var unasked = assertThrows(BadInputException.class, () -> work(false, 5));
    assertTrue(unasked.toString().contains("expected --resume"), unasked.toString());
    final var other =
        assertThrows(
            BadInputException.class, () -> KeptRuns.open(kept(), "other", true, () -> false));
    assertTrue(other.toString().contains("another one"), other.toString());
    final var file = kept().resolve("000000.runs");
    final var bytes = Files.readAllBytes(file);
    for (final int at : new int[] {0, 5, bytes.length - 1}) {
      final var damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      final var refused = assertThrows(BadInputException.class, () -> work(true, RUNS));
      assertTrue(refused.toString().contains("000000.runs"), refused.toString());
    }
    for (final int length : new int[] {0, 3, bytes.length - 4}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThrows(BadInputException.class, () -> work(true, RUNS));
    }
  }
}
