package io.patchbay.kernels.cpu;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One platform thread per core, the caller among them. Tasks are taken in order by whoever is
/// free; what a task computes never depends on who took it.
final class Workers implements AutoCloseable {
  private final int threads;
  private final @Nullable ExecutorService others;

  /// A task and the worker that runs it, numbered from 0.
  interface Task {
    void run(int worker, int task);
  }

  Workers(final int threads) {
    this.threads = threads;
    final var number = new AtomicInteger();
    final ThreadFactory factory =
        work ->
            Thread.ofPlatform()
                .daemon()
                .name("patchbay-cpu-" + number.incrementAndGet())
                .unstarted(work);
    this.others = threads > 1 ? Executors.newFixedThreadPool(threads - 1, factory) : null;
  }

  int threads() {
    return threads;
  }

  /// Runs tasks `0` to `count - 1` and returns when all are done. The first failure is thrown.
  void run(final int count, final Task task) {
    final int helpers = Math.min(threads, count) - 1;
    if (others == null || helpers < 1) {
      for (int i = 0; i < count; i++) {
        task.run(0, i);
      }
      return;
    }
    final var next = new AtomicInteger();
    final var failure = new AtomicReference<@Nullable Throwable>();
    final var done = new CountDownLatch(helpers);
    for (int h = 1; h <= helpers; h++) {
      final int worker = h;
      others.execute(() -> {
        take(worker, count, task, next, failure);
        done.countDown();
      });
    }
    take(0, count, task, next, failure);
    await(done);
    switch (failure.get()) {
      case null -> {}
      case final RuntimeException e -> throw e;
      case final Error e -> throw e;
      case final Throwable e -> throw new IllegalStateException(e);
    }
  }

  private static void take(
      final int worker,
      final int count,
      final Task task,
      final AtomicInteger next,
      final AtomicReference<@Nullable Throwable> failure) {
    try {
      for (int i = next.getAndIncrement();
          i < count && failure.get() == null;
          i = next.getAndIncrement()) {
        task.run(worker, i);
      }
    } catch (final Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  /// Kernels cannot be stopped half-way, so an interrupt is kept for the caller.
  private static void await(final CountDownLatch done) {
    boolean interrupted = false;
    for (int spin = 0; spin < 2000 && done.getCount() > 0; spin++) {
      Thread.onSpinWait();
    }
    while (true) {
      try {
        done.await();
        break;
      } catch (final InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (others != null) {
      others.shutdown();
    }
  }
}
