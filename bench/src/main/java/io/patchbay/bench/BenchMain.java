package io.patchbay.bench;

import io.patchbay.analysis.cli.ExitCode;
import io.patchbay.analysis.cli.Main;
import java.util.List;

/// The entry of the JVM that measures; started by [Child].
public final class BenchMain {
  private static final int INTERRUPTED = 130;

  private BenchMain() {}

  /// Arguments as [BenchOptions#arguments()] writes them, and `--debug` after them. Table or JSON
  /// to standard output, progress to standard error.
  public static void main(final String[] arguments) {
    // An interrupt must not run the peers' destructors under their running kernels.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(INTERRUPTED)));
    final var given = List.of(arguments);
    final var options = BenchOptions.of(given);
    int status = ExitCode.OK;
    try {
      final var report = BenchRun.run(options, System.err::println);
      System.out.println(
          options.json() ? BenchJson.write(report.json()) : report.table().stripTrailing());
    } catch (final RuntimeException | OutOfMemoryError e) {
      status = Main.failed(e, given);
    }
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }
}
