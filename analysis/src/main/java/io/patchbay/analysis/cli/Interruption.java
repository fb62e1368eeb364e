package io.patchbay.analysis.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ctrl-C as a wish to stop: the process lives on until the work has put away what it has and
/// closes this. It then ends with 130 (143 after a SIGTERM) by itself.
final class Interruption implements AutoCloseable {
  private final AtomicBoolean asked = new AtomicBoolean();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook;

  private Interruption(final Runnable onAsked) {
    hook =
        Thread.ofPlatform()
            .name("patchbay-interruption")
            .unstarted(() -> {
              asked.set(true);
              onAsked.run();
              await();
            });
  }

  /// @param onAsked called once when the user asks, on another thread
  static Interruption listen(final Runnable onAsked) {
    final var interruption = new Interruption(onAsked);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /// Whether to stop.
  boolean asked() {
    return asked.get();
  }

  private void await() {
    try {
      finished.await();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    finished.countDown();
    if (!asked()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (final IllegalStateException _) {
        // The process is ending already; the hook finds the latch open.
        asked.set(true);
      }
    }
  }
}
