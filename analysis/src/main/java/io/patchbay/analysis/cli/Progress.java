package io.patchbay.analysis.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/// How far a long piece of work is. On a terminal one line with a bar, written over at most five
/// times a second; elsewhere a plain line every 30 seconds. For one thread at a time.
final class Progress implements AutoCloseable {
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long PLAIN_NANOS = 30_000_000_000L;
  private static final int LONGEST_BAR = 30;
  private static final int SHORTEST_BAR = 10;
  private static final String CLEAR_TO_END = "\u001b[K";

  private final PrintWriter err;
  private final Screen screen;
  private final String title;
  private final String unit;
  private final LongSupplier nanos;
  private final Runnable onBegin;
  private long began;
  private long shown;
  private long first = -1;
  private long done;
  private long total;
  private String note = "";
  private boolean onScreen;

  /// @param title what is being done, one word
  /// @param unit what is counted, in the plural
  /// @param nanos the clock
  /// @param onBegin called before the first update is shown
  Progress(
      final PrintWriter err,
      final Screen screen,
      final String title,
      final String unit,
      final LongSupplier nanos,
      final Runnable onBegin) {
    this.err = err;
    this.screen = screen;
    this.title = title;
    this.unit = unit;
    this.nanos = nanos;
    this.onBegin = onBegin;
    began = nanos.getAsLong();
    shown = began;
  }

  /// Says that `done` of `total` are done; shown when it is time for it.
  ///
  /// @param note a figure worth seeing, such as `elbo -21.3`; may be empty
  void update(final long done, final long total, final String note) {
    final long now = nanos.getAsLong();
    if (first < 0) {
      // The rate counts from the first call: what came before was preparation, or another run.
      first = done;
      began = now;
      onBegin.run();
    }
    this.done = done;
    this.total = total;
    this.note = note;
    if (now - shown >= (screen.terminal() ? TERMINAL_NANOS : PLAIN_NANOS)) {
      show(now);
    }
  }

  /// Ends the line with the last state, so that what is printed next starts on its own.
  @Override
  public void close() {
    if (onScreen) {
      show(nanos.getAsLong());
      if (screen.terminal()) {
        err.println();
        err.flush();
      }
      onScreen = false;
    }
  }

  private void show(final long now) {
    shown = now;
    final double seconds = (now - began) / 1e9;
    final double rate = seconds > 0 ? (done - first) / seconds : 0;
    if (screen.terminal()) {
      err.print("\r" + line(rate, screen.columns() - 1) + CLEAR_TO_END);
      err.flush();
    } else {
      err.println(plain(rate));
    }
    onScreen = true;
  }

  /// The line that fits into `width` characters: what is least needed is left out first.
  private String line(final double rate, final int width) {
    final var percent = String.format(Locale.ROOT, "%3d%%", percent());
    final var count = count();
    final var speed = rate(rate) + "  " + remaining(rate);
    final String[] tails = {
      percent + "  " + count + "  " + speed + (note.isEmpty() ? "" : "  " + note),
      percent + "  " + count + "  " + speed,
      percent + "  " + speed,
      percent + "  " + remaining(rate),
      percent
    };
    for (final var tail : tails) {
      final int room = width - title.length() - tail.length() - 6;
      if (room >= SHORTEST_BAR) {
        return title + "  " + bar(Math.min(room, LONGEST_BAR)) + "  " + tail;
      }
    }
    final var least = title + " " + percent.strip();
    return least.length() <= width ? least : least.substring(0, width);
  }

  private String plain(final double rate) {
    return title
        + ": "
        + count()
        + " ("
        + percent()
        + " %), "
        + rate(rate)
        + ", "
        + remaining(rate)
        + (note.isEmpty() ? "" : ", " + note);
  }

  private long percent() {
    return total <= 0 ? 0 : (long) (100.0 * done / total);
  }

  private String count() {
    return String.format(Locale.ROOT, "%,d/%,d %s", done, total, unit);
  }

  private String rate(final double rate) {
    final var pattern = rate >= 100 ? "%,.0f %s/s" : "%.1f %s/s";
    return String.format(Locale.ROOT, pattern, rate, unit);
  }

  private String remaining(final double rate) {
    if (done >= total) {
      return "done";
    }
    return rate <= 0 ? "--:-- left" : duration(Math.round((total - done) / rate)) + " left";
  }

  private String bar(final int length) {
    final int filled = total <= 0 ? 0 : (int) ((double) length * done / total);
    final var head = filled < length ? ">" : "";
    final var full = "=".repeat(Math.max(0, filled - (head.isEmpty() ? 0 : 1)));
    final var arrow = filled == 0 ? "" : head;
    return "[" + full + arrow + " ".repeat(length - full.length() - arrow.length()) + "]";
  }

  /// `1:05`, `2:03:04`, `3 d 4 h`.
  static String duration(final long seconds) {
    if (seconds >= 86_400) {
      return seconds / 86_400 + " d " + seconds % 86_400 / 3600 + " h";
    }
    final long hours = seconds / 3600;
    final long minutes = seconds % 3600 / 60;
    return hours > 0
        ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, seconds % 60)
        : String.format(Locale.ROOT, "%d:%02d", minutes, seconds % 60);
  }
}
