package io.patchbay.analysis.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The memory that this process may have: the machine's, or less where its control group says so.
final class PhysicalMemory {
  private static final List<Path> LIMITS =
      List.of(
          Path.of("/sys/fs/cgroup/memory.max"),
          Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

  // By default a heap is a quarter of the memory.
  private static final int HEAPS = 4;

  private PhysicalMemory() {}

  static long bytes() {
    long least = installed().orElse(HEAPS * Runtime.getRuntime().maxMemory());
    for (final var file : LIMITS) {
      least = Math.min(least, number(file).orElse(Long.MAX_VALUE));
    }
    return least;
  }

  /// `MemTotal` of `/proc/meminfo`; empty where there is no such file.
  private static Optional<Long> installed() {
    try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemTotal:"))
          .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst();
    } catch (final IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// The number in a file; empty where there is none, or the word `max`.
  private static Optional<Long> number(final Path file) {
    try {
      return Optional.of(Long.parseLong(Files.readString(file).strip())).filter(n -> n > 0);
    } catch (final IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
