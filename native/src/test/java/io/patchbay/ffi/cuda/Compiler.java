package io.patchbay.ffi.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// g++, where the machine has it.
final class Compiler {
  private Compiler() {}

  /// Folder of `cuda.h`, or nothing where there is none.
  static List<Path> cudaHeaders() {
    final var home = System.getenv("CUDA_HOME");
    return Stream.of(home == null ? "" : home, "/usr/local/cuda")
        .map(folder -> Path.of(folder, "include"))
        .filter(folder -> Files.isRegularFile(folder.resolve("cuda.h")))
        .limit(1)
        .toList();
  }

  /// Runs g++ with these arguments; a machine without it skips the test.
  static void run(final List<String> arguments) throws IOException, InterruptedException {
    final var command = new ArrayList<>(List.of("g++", "-std=c++17", "-Wall", "-Wextra"));
    cudaHeaders().forEach(folder -> command.addAll(List.of("-isystem", folder.toString())));
    command.addAll(arguments);
    final var said = Files.createTempFile("compiler", ".txt");
    try {
      final var process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
      final Process running;
      try {
        running = process.start();
      } catch (final IOException e) {
        assumeTrue(false, "no g++ here");
        throw e;
      }
      assertTrue(running.waitFor(60, TimeUnit.SECONDS), "the compiler does not end");
      assertEquals(0, running.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
    } finally {
      Files.deleteIfExists(said);
    }
  }
}
