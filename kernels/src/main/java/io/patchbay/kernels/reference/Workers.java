package io.patchbay.kernels.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Threads that share the outer loop of a kernel. Each index is computed in the same way whoever
/// computes it, so the number of threads changes no result.
final class Workers implements AutoCloseable {
  /// Under so many operations a second thread costs more than it brings.
  private static final long WORTH = 50_000;

  private final int threads;
  private final ExecutorService pool;

  /// A part of an outer loop: `from` inclusive, `to` exclusive.
  @FunctionalInterface
  interface Body {
    void run(int from, int to);
  }

  Workers(final int threads) {
    this.threads = threads;
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("reference-", 0).factory());
  }

  int threads() {
    return threads;
  }

  /// Runs the loop from 0 to `count`, each index of which does `operations`.
  void split(final int count, final long operations, final Body body) {
    final long worth = Math.max(1, count * operations / WORTH);
    final int parts = (int) Math.min(Math.min(threads, count), worth);
    if (parts <= 1) {
      body.run(0, count);
      return;
    }
    final List<Future<?>> running = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      final int from = (int) ((long) count * part / parts);
      final int to = (int) ((long) count * (part + 1) / parts);
      running.add(pool.submit(() -> body.run(from, to)));
    }
    running.forEach(Workers::await);
  }

  /// @throws IllegalStateException after [#close]
  void checkOpen() {
    if (pool.isShutdown()) {
      throw new IllegalStateException("backend is closed: name=" + ReferenceBackend.NAME);
    }
  }

  private static void await(final Future<?> part) {
    try {
      part.get();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while computing", e);
    } catch (final ExecutionException e) {
      if (e.getCause() instanceof final RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a worker failed", e.getCause());
    }
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
