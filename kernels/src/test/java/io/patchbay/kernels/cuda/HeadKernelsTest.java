package io.patchbay.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The kernels that carry changes on the matrix unit, beside float64, on the emulator:
/// `src/test/cuda/head_emulated.cpp` has the cases.
class HeadKernelsTest {
  private static final Path EMULATOR = Path.of("target", "cuda", "libpatchbay_emulator.so");
  private static final Path CASES = Path.of("src", "test", "cuda", "head_emulated.cpp");

  @TempDir static Path folder;

  private record Outcome(int status, String text) {}

  private static Outcome run(final List<String> command) throws IOException, InterruptedException {
    final var said = Files.createTempFile(folder, "said", ".txt");
    final var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "does not end: " + command);
    return new Outcome(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
  }

  private static Outcome cases(final String... arguments) throws IOException, InterruptedException {
    final var command = new ArrayList<>(List.of(folder.resolve("head_emulated").toString()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    assumeTrue(Files.exists(EMULATOR), "the build had no C++ compiler");
    final var library = EMULATOR.toAbsolutePath();
    final var built =
        run(
            List.of(
                "g++",
                "-std=c++17",
                "-O2",
                "-Wall",
                CASES.toString(),
                library.toString(),
                "-Wl,-rpath," + library.getParent(),
                "-o",
                folder.resolve("head_emulated").toString()));
    assertEquals(0, built.status(), built.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "7"})
  void changesAreThoseOfTheDefinition(final String order) throws IOException, InterruptedException {
    final var outcome = cases("3", order);
    assertEquals(0, outcome.status(), outcome.text());
  }

  /// Each barrier is needed: without it the result is wrong or the run ends with an error.
  @Test
  void eachBarrierIsNeeded() throws IOException, InterruptedException {
    final var barriers = new TreeSet<String>();
    cases("3")
        .text()
        .lines()
        .map(line -> line.split(" ", -1)[0])
        .filter(word -> word.matches("(change|staged)_\\w+\\.cuh?:\\d+"))
        .forEach(barriers::add);
    assertEquals(15, barriers.size(), barriers.toString());
    for (final var barrier : barriers) {
      assertNotEquals(0, cases("3", "0", barrier).status(), "without " + barrier);
    }
  }
}
