package io.patchbay.ffi.cuda;

import java.util.List;
import java.util.function.Consumer;

/// Tasks that are asked for anew at each replay, in the order of their list: nothing is noted
/// before, so that the device has each launch by itself.
public final class InTurn implements Recording {
  private final List<Task> tasks;
  private final Consumer<Task> asks;
  private boolean closed;

  /// @param asks for the work of one task
  public InTurn(final List<Task> tasks, final Consumer<Task> asks) {
    this.tasks = List.copyOf(tasks);
    this.asks = asks;
  }

  @Override
  public void replay() {
    if (closed) {
      throw new IllegalStateException("the recording is closed");
    }
    tasks.forEach(asks);
  }

  @Override
  public void close() {
    closed = true;
  }
}
