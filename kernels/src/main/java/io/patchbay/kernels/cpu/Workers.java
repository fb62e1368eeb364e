package io.patchbay.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One platform thread per core, the caller among them. Tasks are taken in order by whoever is
/// free; what a task computes never depends on who took it.
///
/// The phases of a program follow one another within microseconds, and waking a sleeping thread
/// takes longer than many of them. So who has nothing to do looks out for the next tasks for a
/// while before it sleeps, and nobody waits for a sleeper: it finds the tasks taken when it comes.
final class Workers implements AutoCloseable {
  /// How long to look out before sleeping.
  private static final long AWAKE_NANOS = 200_000;

  private static final Job CLOSED = new Job(0, (_, _) -> {}, Thread.currentThread());

  private final List<Other> others = new ArrayList<>();
  private final ReentrantLock turn = new ReentrantLock();
  private volatile @Nullable Job current;

  /// A task and the worker that runs it, numbered from 0.
  interface Task {
    void run(int worker, int task);
  }

  Workers(final int threads) {
    for (int worker = 1; worker < threads; worker++) {
      others.add(new Other(worker));
    }
    others.forEach(other -> other.thread.start());
  }

  int threads() {
    return others.size() + 1;
  }

  /// Runs tasks `0` to `count - 1` and returns when all are done. The first failure is thrown.
  void run(final int count, final Task task) {
    if (others.isEmpty() || count < 2) {
      for (int i = 0; i < count; i++) {
        task.run(0, i);
      }
      return;
    }
    turn.lock();
    try {
      final var job = new Job(count, task, Thread.currentThread());
      current = job;
      others.forEach(Other::wake);
      job.take(0);
      job.await();
      job.check();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void close() {
    current = CLOSED;
    others.forEach(Other::wake);
  }

  /// Tasks that were given out together.
  private static final class Job {
    private final int count;
    private final Task task;
    private final Thread caller;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger left;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Job(final int count, final Task task, final Thread caller) {
      this.count = count;
      this.task = task;
      this.caller = caller;
      this.left = new AtomicInteger(count);
    }

    /// Takes tasks until none is left. After a failure the remaining ones are passed over.
    void take(final int worker) {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        try {
          if (failure.get() == null) {
            task.run(worker, i);
          }
        } catch (final Throwable e) {
          failure.compareAndSet(null, e);
        }
        if (left.decrementAndGet() == 0 && worker > 0) {
          LockSupport.unpark(caller);
        }
      }
    }

    /// Kernels cannot be stopped half-way, so an interrupt is kept for the caller.
    void await() {
      boolean interrupted = false;
      final long begin = System.nanoTime();
      while (left.get() > 0) {
        if (System.nanoTime() - begin < AWAKE_NANOS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
          interrupted |= Thread.interrupted();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void check() {
      switch (failure.get()) {
        case null -> {}
        case final RuntimeException e -> throw e;
        case final Error e -> throw e;
        case final Throwable e -> throw new IllegalStateException(e);
      }
    }
  }

  /// A thread beside the caller's.
  private final class Other {
    private final int worker;
    private final Thread thread;
    private volatile boolean asleep;

    Other(final int worker) {
      this.worker = worker;
      this.thread =
          Thread.ofPlatform().daemon().name("patchbay-cpu-" + worker).unstarted(this::work);
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(thread);
      }
    }

    private void work() {
      @Nullable Job last = null;
      while (true) {
        final var job = after(last);
        if (job == CLOSED) {
          return;
        }
        job.take(worker);
        last = job;
      }
    }

    /// The job that follows one, which may be some jobs later.
    private Job after(final @Nullable Job last) {
      final long begin = System.nanoTime();
      while (true) {
        final var job = current;
        if (job != null && job != last) {
          return job;
        }
        if (System.nanoTime() - begin < AWAKE_NANOS) {
          Thread.onSpinWait();
          continue;
        }
        // Who gives out a job first writes it and then looks whether anyone sleeps.
        asleep = true;
        if (current == last) {
          LockSupport.park(this);
        }
        asleep = false;
      }
    }
  }
}
