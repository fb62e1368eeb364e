package io.patchbay.bench;

import io.patchbay.analysis.cli.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs the suite in a JVM of its own, because what makes a peer strong is read when a process
/// starts.
///
/// glibc must keep what it gets: with its defaults every large tensor is mapped and unmapped, and
/// libtorch's rate jumps by 1.6 times from run to run. One arena, because the heaps of the others
/// end at 64 MiB and larger tensors would be mapped again. Thread pools of one thread, because the
/// work is then done, and its CPU time counted, on the calling thread.
final class Child {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "MALLOC_MMAP_THRESHOLD_", "4294967296",
          "MALLOC_TRIM_THRESHOLD_", "17179869184",
          "MALLOC_TOP_PAD_", "268435456",
          "MALLOC_ARENA_MAX", "1",
          "OMP_NUM_THREADS", "1",
          "OPENBLAS_NUM_THREADS", "1");

  private Child() {}

  /// Runs and waits, with the stack of a failure on `debug`; the exit status of the child. Its
  /// output is ours.
  static int run(final BenchOptions options, final boolean debug)
      throws IOException, InterruptedException {
    final var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms1g",
                "-Xmx2g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                BenchMain.class.getName()));
    command.addAll(options.arguments());
    if (debug) {
      command.add(Main.DEBUG);
    }
    final var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(ENVIRONMENT);
    // Would choose OpenBLAS kernels for another machine.
    builder.environment().remove("OPENBLAS_CORETYPE");
    final var process = builder.start();
    // Whoever stops us stops the measurement.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    return process.waitFor();
  }
}
