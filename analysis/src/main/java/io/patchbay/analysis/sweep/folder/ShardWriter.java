package io.patchbay.analysis.sweep.folder;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Writes shards beside what computes them: a disk takes longer to have one safe than a device to
/// compute it, and has several safe as soon as one. A shard whose writing was cut off is missing,
/// as one that was not computed.
public final class ShardWriter implements AutoCloseable {
  /// Shards that are written at the same time.
  private static final int THREADS = 8;

  /// Shards that are held until they are written.
  private static final int MOST = 16;

  private final SweepFolder folder;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().name("patchbay-shards-", 0).daemon().factory());
  private final Deque<Future<?>> under = new ArrayDeque<>();

  public ShardWriter(final SweepFolder folder) {
    this.folder = folder;
  }

  /// Has a shard written; waits when there are too many.
  ///
  /// @throws RuntimeException when one that was given before could not be
  public void write(final int shard, final float[] effects, final Account account) {
    while (under.size() >= MOST) {
      await();
    }
    under.add(threads.submit(() -> folder.write(shard, effects, account)));
  }

  private void await() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          under.element().get();
          return;
        } catch (final InterruptedException _) {
          interrupted = true;
        }
      }
    } catch (final ExecutionException e) {
      switch (e.getCause()) {
        case final RuntimeException cause -> throw cause;
        case final Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    } finally {
      under.remove();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Waits until all are written.
  ///
  /// @throws RuntimeException when one could not be
  @Override
  public void close() {
    try {
      while (!under.isEmpty()) {
        await();
      }
    } finally {
      threads.close();
    }
  }
}
