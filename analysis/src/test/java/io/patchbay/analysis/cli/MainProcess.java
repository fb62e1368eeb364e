package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A command line in a process of its own, which Ctrl-C can end. Nothing here waits longer than
/// [#PATIENCE_SECONDS], and closing this ends the process.
///
/// @param output the file that takes all it writes
record MainProcess(Process process, Path output) implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  static MainProcess start(final Path output, final String... words) throws IOException {
    // A build in the background ignores Ctrl-C, and so would its children.
    final var command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(words));
    final var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new MainProcess(process, output);
  }

  /// Waits until the process has written a file.
  void await(final Path file) throws IOException, InterruptedException {
    final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(file)) {
      if (!process.isAlive()) {
        fail("ended early: code=" + process.exitValue() + ", " + text());
      }
      if (System.nanoTime() > deadline) {
        fail("no file in time: " + file + ", " + text());
      }
      Thread.sleep(50);
    }
  }

  /// Sends Ctrl-C.
  ///
  /// @return the exit code
  int interrupt() throws IOException, InterruptedException {
    final var kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
    assertTrue(kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "kill does not end");
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "Ctrl-C does not end it");
    return process.exitValue();
  }

  /// What it has written so far.
  String text() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
