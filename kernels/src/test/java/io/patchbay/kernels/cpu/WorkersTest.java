package io.patchbay.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void everyTaskRunsOnceAndIsDoneAtTheEnd(final int threads) {
    try (var workers = new Workers(threads)) {
      for (int count = 0; count < 2000; count++) {
        final var ran = new int[count % 37];
        workers.run(
            ran.length,
            (worker, task) -> {
              assertTrue(worker >= 0 && worker < threads);
              ran[task]++;
            });
        assertTrue(IntStream.of(ran).allMatch(times -> times == 1));
      }
    }
  }

  @Test
  void othersHelp() throws InterruptedException {
    try (var workers = new Workers(2)) {
      // The others are asleep by then.
      Thread.sleep(50);
      final var both = new CountDownLatch(2);
      workers.run(
          2,
          (_, _) -> {
            both.countDown();
            assertTrue(await(both));
          });
    }
  }

  private static boolean await(final CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (final InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFailureIsThrownWhenNoTaskRunsAnyMore() {
    try (var workers = new Workers(4)) {
      for (int round = 0; round < 500; round++) {
        final var running = new AtomicInteger();
        final var failure = new IllegalStateException("a task failed");
        final var thrown =
            assertThrows(
                IllegalStateException.class,
                () ->
                    workers.run(
                        20,
                        (_, task) -> {
                          running.incrementAndGet();
                          try {
                            if (task == 7) {
                              throw failure;
                            }
                          } finally {
                            running.decrementAndGet();
                          }
                        }));
        assertSame(failure, thrown);
        assertEquals(0, running.get());
      }
    }
  }

  @Test
  void callersTakeTurns() throws InterruptedException {
    try (var workers = new Workers(2)) {
      final var counts = new AtomicIntegerArray(64);
      final var callers =
          IntStream.range(0, 4)
              .mapToObj(_ ->
                  Thread.ofPlatform()
                      .start(() -> {
                        for (int i = 0; i < 200; i++) {
                          workers.run(64, (_, task) -> counts.incrementAndGet(task));
                        }
                      }))
              .toList();
      for (final var caller : callers) {
        caller.join();
      }
      for (int i = 0; i < 64; i++) {
        assertEquals(800, counts.get(i));
      }
    }
  }

  @Test
  void anInterruptIsKeptForTheCaller() {
    try (var workers = new Workers(2)) {
      final var both = new CountDownLatch(2);
      final var caller = Thread.currentThread();
      workers.run(
          2,
          (worker, _) -> {
            both.countDown();
            assertTrue(await(both));
            if (worker == 1) {
              // By then the caller sleeps.
              sleep(20);
              caller.interrupt();
              sleep(20);
            }
          });
      assertTrue(Thread.interrupted());
    }
  }

  private static void sleep(final long millis) {
    try {
      Thread.sleep(millis);
    } catch (final InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
