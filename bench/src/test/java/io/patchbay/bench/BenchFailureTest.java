package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.cli.ExitCode;
import io.patchbay.analysis.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What fails in the JVM that measures is one line, with the code that the command line has for it.
final class BenchFailureTest {
  @TempDir private Path folder;

  /// Ends as the command does.
  private List<String> fails(final int status, final String... arguments)
      throws IOException, InterruptedException {
    final var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "bench",
                "--quick"));
    command.addAll(List.of(arguments));
    final var err = folder.resolve("err");
    final var process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    final var lines = Files.readAllLines(err);
    assertEquals(status, process.exitValue(), lines::toString);
    return lines;
  }

  @Test
  void aDeviceThatIsMissingIsOneLine() throws IOException, InterruptedException {
    for (final var suite : List.of("sweeps", "errors")) {
      final var lines = fails(ExitCode.MISSING, "--suite", suite, "--device", "cuda:99");
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.getFirst().startsWith("patchbay: device not available"), lines::toString);
    }
  }

  @Test
  void aRunThatIsMissingIsOneLine() throws IOException, InterruptedException {
    final var run = folder.resolve("nothing").toString();
    final var lines = fails(ExitCode.INPUT, "--suite", "sweeps", "--run", run);
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.getFirst().contains("nothing"), lines::toString);
  }

  @Test
  void theStackIsShownOnDemand() throws IOException, InterruptedException {
    final var lines =
        fails(ExitCode.MISSING, "--debug", "--suite", "sweeps", "--device", "cuda:99");
    assertTrue(lines.stream().anyMatch(line -> line.contains("SweepBench")), lines::toString);
  }
}
