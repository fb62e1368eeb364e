package io.patchbay.engine;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Where a device had too little memory for as many rows as were wanted at a time, so that work
/// went on with fewer. No number depends on it.
public final class Shortages {
  private final List<Shortage> met = new CopyOnWriteArrayList<>();
  private volatile Consumer<Shortage> listener = _ -> {};

  /// @param backend its name
  /// @param rows that there was no room for
  /// @param left rows at a time that work goes on with
  /// @param sizes what was needed and what was free, in words
  public record Shortage(String backend, int rows, int left, String sizes) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s: out of device memory with %,d rows (%s); going on with %,d",
          backend,
          rows,
          sizes,
          left);
    }
  }

  /// Whoever hears of the next ones, as they are met.
  public void listen(final Consumer<Shortage> to) {
    listener = to;
  }

  /// All so far.
  public List<Shortage> met() {
    return List.copyOf(met);
  }

  /// Notes that work goes on with fewer rows.
  public void meet(final DeviceMemoryException e, final int rows, final int left) {
    final var shortage = new Shortage(e.backend(), rows, left, e.sizes());
    met.add(shortage);
    listener.accept(shortage);
  }
}
