package io.patchbay.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Turns runs into rates, always by one clock for both sides of a comparison: the CPU time of the
/// calling thread (`CLOCK_THREAD_CPUTIME_ID`) for one thread, the wall for several.
final class Meter implements AutoCloseable {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final ExecutorService crew = Executors.newCachedThreadPool(Thread.ofPlatform().factory());
  private final long windowNanos;

  /// @param windowNanos how long one measurement lasts, at least one run
  Meter(final long windowNanos) {
    this.windowNanos = windowNanos;
  }

  /// One measurement of one contestant on the calling thread, in items a second.
  double rate(final Timed contestant, final Clock clock) {
    final long start = clock.nanos();
    long elapsed;
    long runs = 0;
    do {
      contestant.run((int) runs);
      runs++;
      elapsed = clock.nanos() - start;
    } while (elapsed < windowNanos);
    return runs * contestant.batch() / (elapsed * 1e-9);
  }

  /// Independent instances side by side, one thread each; items a second of all, by the wall. Every
  /// instance makes the same number of runs, so the slowest sets the time.
  double rate(final List<? extends Timed> instances) {
    final long runs =
        Math.max(1, Math.round(windowNanos * 1e-9 * runsPerSecond(instances.getFirst())));
    final long start = System.nanoTime();
    together(
        instances.stream()
            .map(instance ->
                (Runnable)
                    () -> {
                      for (int i = 0; i < runs; i++) {
                        instance.run(i);
                      }
                    })
            .toList());
    final double seconds = (System.nanoTime() - start) * 1e-9;
    return runs * instances.stream().mapToInt(Timed::batch).sum() / seconds;
  }

  /// The FMA ceiling of `threads` threads at once in GFLOP/s, by the clock of such rows.
  double peak(final Kernels kernels, final int threads) {
    if (threads == 1) {
      final long start = Clock.THREAD.nanos();
      final double flop = kernels.fmaBurst();
      return flop / (Clock.THREAD.nanos() - start);
    }
    final long start = System.nanoTime();
    final var bursts = new ArrayList<Runnable>();
    final double[] flop = new double[threads];
    for (int i = 0; i < threads; i++) {
      final int index = i;
      bursts.add(() -> flop[index] = kernels.fmaBurst());
    }
    together(bursts);
    double total = 0;
    for (final double part : flop) {
      total += part;
    }
    return total / (System.nanoTime() - start);
  }

  /// Runs all tasks at once and waits for the last.
  private void together(final List<Runnable> tasks) {
    final var gate = new CyclicBarrier(tasks.size());
    final var futures = new ArrayList<Future<?>>();
    for (final var task : tasks) {
      futures.add(
          crew.submit(() -> {
            gate.await();
            task.run();
            return null;
          }));
    }
    for (final var future : futures) {
      try {
        future.get();
      } catch (final InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("measurement interrupted", e);
      } catch (final ExecutionException e) {
        throw new IllegalStateException("measurement failed: " + e.getCause(), e);
      }
    }
  }

  private static double runsPerSecond(final Timed contestant) {
    final long start = System.nanoTime();
    contestant.run(0);
    return 1e9 / Math.max(1, System.nanoTime() - start);
  }

  @Override
  public void close() {
    crew.shutdownNow();
  }

  /// What time is read from.
  enum Clock {
    THREAD,
    WALL;

    long nanos() {
      return switch (this) {
        case THREAD -> THREADS.getCurrentThreadCpuTime();
        case WALL -> System.nanoTime();
      };
    }
  }
}
