package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The progress line under a clock of its own.
class ProgressTest {
  private static final long MILLI = 1_000_000L;

  private final AtomicLong clock = new AtomicLong(17);
  private final StringWriter text = new StringWriter();

  private Progress progress(final boolean terminal, final int columns) {
    return new Progress(
        new PrintWriter(text, true),
        new Screen(terminal, columns),
        "train",
        "steps",
        clock::get,
        () -> {});
  }

  private void pass(final long millis) {
    clock.addAndGet(millis * MILLI);
  }

  private List<String> shown() {
    return Arrays.stream(text.toString().split("\r", -1))
        .map(line -> line.replace("\u001b[K", ""))
        .filter(line -> !line.isBlank())
        .toList();
  }

  @Test
  void aTerminalIsWrittenAtMostFiveTimesASecond() {
    try (var progress = progress(true, 80)) {
      for (int i = 1; i <= 1000; i++) {
        pass(10);
        progress.update(i, 2000, "");
      }
      assertEquals(50, shown().size());
    }
    assertTrue(text.toString().endsWith(System.lineSeparator()));
  }

  @Test
  void rateAndRemainingTimeAreRight() {
    try (var progress = progress(true, 100)) {
      pass(60_000); // Preparing does not count.
      progress.update(1, 400, "elbo -21.5");
      pass(10_000);
      progress.update(101, 400, "elbo -20.5");
    }
    assertTrue(shown().getFirst().contains("--:-- left"), text::toString);
    final var line = shown().get(1);
    assertTrue(line.contains("101/400 steps  10.0 steps/s  0:30 left  elbo -20.5"), line);
  }

  @Test
  void aResumedRunCountsItsOwnSteps() {
    try (var progress = progress(true, 100)) {
      progress.update(5001, 6001, "");
      pass(10_000);
      progress.update(5101, 6001, "");
    }
    final var line = shown().getFirst();
    assertTrue(line.contains("5,101/6,001 steps  10.0 steps/s  1:30 left"), line);
    assertTrue(line.contains(" 85%"), line);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 30, 40, 60, 80, 100, 250})
  void aLineFitsTheScreen(final int columns) {
    try (var progress = progress(true, columns)) {
      for (int i = 0; i < 40; i++) {
        pass(300);
        progress.update(i * 25_000L, 1_000_000, "elbo -1234.5, total correlation 0.25");
      }
    }
    for (final var line : shown()) {
      assertTrue(line.stripTrailing().length() < columns, () -> columns + ": '" + line + "'");
    }
  }

  @Test
  void theBarGrowsToItsEnd() {
    try (var progress = progress(true, 80)) {
      progress.update(0, 10, "");
      pass(500);
      progress.update(5, 10, "");
      pass(500);
      progress.update(10, 10, "");
    }
    assertTrue(shown().getFirst().contains(">   "), text::toString);
    final var last = shown().getLast();
    assertTrue(last.contains("100%") && last.contains("=]") && last.contains("done"), last);
  }

  @Test
  void elsewhereAPlainLineComesEvery30Seconds() {
    try (var progress = progress(false, 80)) {
      for (int i = 1; i <= 100; i++) {
        pass(1000);
        progress.update(i, 1000, "elbo -3.0");
      }
    }
    final var lines = text.toString().lines().toList();
    assertEquals(
        "train: 30/1,000 steps (3 %), 1.0 steps/s, 16:10 left, elbo -3.0", lines.getFirst());
    assertEquals(4, lines.size(), text::toString);
    assertTrue(text.toString().chars().noneMatch(c -> c == '\r' || c == '\u001b'));
  }

  @Test
  void shortWorkWritesNothingElsewhere() {
    try (var progress = progress(false, 80)) {
      pass(5000);
      progress.update(10, 10, "");
    }
    assertEquals("", text.toString());
  }

  @Test
  void durationsAreShort() {
    assertEquals("0:00", Progress.duration(0));
    assertEquals("1:05", Progress.duration(65));
    assertEquals("2:03:04", Progress.duration(7384));
    assertEquals("3 d 4 h", Progress.duration(3 * 86_400 + 4 * 3600 + 59));
  }
}
