package io.patchbay.bench.gpu;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Programs that the suite starts and ends: none outlives its time.
final class ChildJvm {
  private static final int GRACE_SECONDS = 5;

  /// What a process that was ended for its time gives.
  static final int LATE = 124;

  private ChildJvm() {}

  /// How [SectionMain] is started for a section.
  static List<String> command(
      final Section section,
      final SuiteOptions options,
      final Path result,
      final Path out,
      final double seconds) {
    final var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseParallelGC",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                SectionMain.class.getName(),
                section.name(),
                result.toString(),
                out.toString(),
                Double.toString(seconds)));
    command.addAll(options.arguments());
    return command;
  }

  /// Runs a program and waits for it, or ends it when its time is over.
  ///
  /// @param log takes what it prints; without one that goes to standard error
  /// @return its exit status, or [#LATE]
  static int run(final List<String> command, final double seconds, final File log)
      throws IOException, InterruptedException {
    final var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    return await(builder, seconds);
  }

  /// The same, its output going where ours goes.
  static int run(final List<String> command, final double seconds)
      throws IOException, InterruptedException {
    return await(new ProcessBuilder(command).inheritIO(), seconds);
  }

  private static int await(final ProcessBuilder builder, final double seconds)
      throws IOException, InterruptedException {
    final var process = builder.start();
    final var stop =
        new Thread(() -> {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        });
    // Whoever stops us stops what we started.
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      if (process.waitFor(Math.round(1000 * seconds), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
      final var children = process.descendants().toList();
      process.destroy();
      process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
      children.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      return LATE;
    } finally {
      Runtime.getRuntime().removeShutdownHook(stop);
    }
  }
}
