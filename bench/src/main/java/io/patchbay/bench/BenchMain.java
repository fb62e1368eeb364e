package io.patchbay.bench;

import io.patchbay.analysis.cli.ExitCode;
import io.patchbay.vae.io.BadInputException;
import java.io.UncheckedIOException;
import java.util.List;

/// The entry of the JVM that measures; started by [Child].
public final class BenchMain {
  private static final int INTERRUPTED = 130;

  private BenchMain() {}

  /// Arguments as [BenchOptions#arguments()] writes them. Table or JSON to standard output,
  /// progress to standard error.
  public static void main(final String[] arguments) {
    // An interrupt must not run the peers' destructors under their running kernels.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(INTERRUPTED)));
    final var options = BenchOptions.of(List.of(arguments));
    int status = ExitCode.OK;
    try {
      final var report = BenchRun.run(options, System.err::println);
      System.out.println(
          options.json() ? BenchJson.write(report.json()) : report.table().stripTrailing());
    } catch (final BadInputException | UncheckedIOException e) {
      System.err.println("patchbay: " + e.getMessage());
      status = ExitCode.INPUT;
    } catch (final IllegalStateException | IllegalArgumentException e) {
      System.err.println("patchbay: bench: " + e.getMessage());
      status = ExitCode.FAILED;
    }
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }
}
